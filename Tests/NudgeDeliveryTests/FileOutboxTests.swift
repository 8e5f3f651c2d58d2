import Foundation
import NudgeCore
import NudgeTesting
import Synchronization
import Testing

@testable import NudgeDelivery

private let start = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)

/// Stops the outbox before its nth step, as a kill would.
private final class Killer: Sendable {
  private let left: Mutex<Int>

  init(after steps: Int) {
    left = Mutex(steps)
  }

  func step() throws(FileOutbox.Failure) {
    let isOver = left.withLock { left in
      left -= 1
      return left < 0
    }
    if isOver { throw .stopped }
  }
}

@Suite struct FileOutboxTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func path(_ name: String = "out/deep/tasks.jsonl") throws -> FilePath {
    try FilePath(folder.path(of: name))
  }

  /// Plans, writes and settles until nothing is left; `outbox` makes the one for each try.
  private func drain(
    _ store: MemoryStore,
    rotation: FileRotation = FileRotation(),
    limit: Int = 3,
    now: Timestamp = start,
    outbox: FileOutbox
  ) async throws {
    while let plan = try await store.planFile(
      channel: "email",
      rotation: rotation,
      limit: limit,
      now: now
    ).plan {
      let mark = try await outbox.write(plan)
      try await store.settleFile(channel: "email", mark: mark, now: now)
    }
  }

  private func contents() throws -> [String: String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(of: "out/deep"))
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try folder.read("out/deep/\($0)")) }
    )
  }

  private static let lines = (0..<10).map { Delivery.sample("iv_\($0)") }

  @Test func `every delivery becomes one line, in order, across segments`() async throws {
    let store = MemoryStore(Self.lines)
    try await drain(store, rotation: FileRotation(bytes: 40), outbox: FileOutbox(try path()))
    let files = try contents()
    // The archives sort before the file itself.
    let names = files.keys.sorted()
    #expect(names.last == "tasks.jsonl" && names.count == 5)
    let expected = Self.lines.map { String(decoding: $0.payload, as: UTF8.self) + "\n" }
    #expect(names.compactMap { files[$0] }.joined() == expected.joined())
    #expect(store.all.allSatisfy { $0.state == .delivered(at: start) })
  }

  @Test(arguments: [FileRotation(), FileRotation(bytes: 40)])
  func `killed at every step and started again, it leaves the same bytes`(
    rotation: FileRotation
  ) async throws {
    let whole = MemoryStore(Self.lines)
    try await drain(whole, rotation: rotation, outbox: FileOutbox(try path()))
    let expected = try contents()
    for steps in 0..<100 {
      try FileManager.default.removeItem(atPath: folder.path(of: "out"))
      let killer = Killer(after: steps)
      let dying = FileOutbox(try path(), chunkBytes: 7) { _ throws(FileOutbox.Failure) in
        try killer.step()
      }
      let store = MemoryStore(Self.lines)
      do {
        try await drain(store, rotation: rotation, outbox: dying)
        #expect(steps > 20)
        return
      } catch FileOutbox.Failure.stopped {
        // As a killed daemon would leave it.
      }
      try await drain(store, rotation: rotation, outbox: FileOutbox(try path()))
      #expect(try contents() == expected, "after \(steps) steps")
    }
    Issue.record("never came to the end")
  }

  @Test func `a kill between writing and settling doubles nothing`() async throws {
    let store = MemoryStore(Self.lines)
    let outbox = FileOutbox(try path())
    let work = try await store.planFile(
      channel: "email",
      rotation: FileRotation(),
      limit: 3,
      now: start
    )
    let plan = try #require(work.plan)
    let first = try await outbox.write(plan)
    let second = try await outbox.write(plan)
    #expect(first == second)
    try await drain(store, outbox: outbox)
    #expect(try contents()["tasks.jsonl"]?.split(separator: "\n").count == 10)
  }

  @Test func `a segment ends when its time is over`() async throws {
    let rotation = FileRotation(every: .seconds(86_400))
    let store = MemoryStore([.sample("iv_1")])
    let outbox = FileOutbox(try path())
    try await drain(store, rotation: rotation, outbox: outbox)
    store.insert([.sample("iv_2")])
    try await drain(store, rotation: rotation, now: start + .seconds(86_399), outbox: outbox)
    store.insert([.sample("iv_3")])
    try await drain(store, rotation: rotation, now: start + .seconds(86_400), outbox: outbox)
    let expected = [
      "tasks-000001.jsonl": "{\"id\":\"iv_1\"}\n{\"id\":\"iv_2\"}\n",
      "tasks.jsonl": "{\"id\":\"iv_3\"}\n",
    ]
    #expect(try contents() == expected)
  }

  /// What somebody does to the file, and which alarm it gives.
  static let edits: [(String, @Sendable (String) throws -> Void, FileOutbox.Alarm)] = [
    (
      "cut", { try Data("{}\n".utf8).write(to: URL(filePath: $0)) },
      .shorter(length: 3, flushed: 14)
    ),
    ("removed", { try FileManager.default.removeItem(atPath: $0) }, .missing),
    ("edited", { try Data("{\"id\":\"XX_1\"}\n".utf8).write(to: URL(filePath: $0)) }, .otherTail),
    (
      "appended to", { try Data("{\"id\":\"iv_1\"}\n{}".utf8).write(to: URL(filePath: $0)) },
      .foreignBytes(at: 15)
    ),
  ]

  @Test(arguments: 0..<4)
  func `a file that somebody changed gives an alarm and is never changed again`(
    index: Int
  ) async throws {
    let (_, edit, alarm) = Self.edits[index]
    let store = MemoryStore([.sample("iv_1")])
    let outbox = FileOutbox(try path())
    try await drain(store, outbox: outbox)
    try edit(path().text)
    let edited = try? folder.read("out/deep/tasks.jsonl")
    store.insert([.sample("iv_2")])
    await #expect(throws: FileOutbox.Failure.alarm(alarm)) {
      try await drain(store, outbox: outbox)
    }
    try await store.restartFile(channel: "email", now: start)
    try await drain(store, outbox: outbox)
    #expect(try contents()["tasks.jsonl"] == "{\"id\":\"iv_2\"}\n")
    #expect(try contents()["tasks-000001.jsonl"] == edited)
  }

  @Test func `a link is not followed`() async throws {
    let target = try folder.write("mine", to: "target")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path(of: "link.jsonl"),
      withDestinationPath: target
    )
    let outbox = FileOutbox(try path("link.jsonl"))
    await #expect(throws: FileOutbox.Failure.system("open", ELOOP)) {
      try await drain(MemoryStore(Self.lines), outbox: outbox)
    }
    #expect(try folder.read("target") == "mine")
  }

  @Test(arguments: ["", "a b", "ä.jsonl", ".hidden", "..", "a\nb"])
  func `a name outside of the plain characters is refused`(name: String) {
    #expect(throws: FilePath.Invalid.name(name)) { try FilePath("/tmp/\(name)") }
  }

  @Test(arguments: [
    ("/var/x/cs-tasks.jsonl", "/var/x/cs-tasks-000007.jsonl"), ("log", "./log-000007"),
    ("/a.b/c", "/a.b/c-000007"), ("x.tar.gz", "./x.tar-000007.gz"),
  ])
  func `a finished segment is named after its file`(path: String, expected: String) throws {
    #expect(try FilePath(path).archive(7) == expected)
  }

  @Test(arguments: [
    (#"{"type":"intervention","timestamp":"t","data":{"id":"iv_1","x":"\"id\":\"iv_2"}}"#, "iv_1"),
    (#"{"type":"alert","timestamp":"t","data":{"id":"al_1"}}"#, "al_1"),
    (#"{"type":"decision","timestamp":"t","data":{"at":"t","id":"iv_7"}}"#, "de_7"),
    (#"{"type":"decision","data":{"reason":"\"id\":\"iv_8","id":"iv_7"}}"#, "de_7"),
    (#"{"id":"iv_1"}"#, nil), ("", nil), (#"{"type":"intervention","data":{"id":"iv_1"#, nil),
  ])
  func `a line tells the delivery that it is of`(line: String, id: String?) {
    #expect(FileLine.id(of: Array(line.utf8)[...]) == id)
  }

  @Test(arguments: [
    (#"{"a":1}"#, #"{"a":1}"#), ("{\r\n\"a\":\t1}", "{  \"a\":\t1}"),
    ("{\"a\":\"\u{2028}\u{2029}\"}", #"{"a":"\u2028\u2029"}"#),
    ("{\"a\":\"x\r\n\0y\"}", #"{"a":"x\r\n\u0000y"}"#),
    (#"{"a":"\"","b":"\\"}"#, #"{"a":"\"","b":"\\"}"#),
    ("{\"\\\"\n\":1}", #"{"\"\n":1}"#), ("{\"a\":\"€\u{2027}\"}", "{\"a\":\"€\u{2027}\"}"),
  ])
  func `a line has no line break of any kind inside`(payload: String, expected: String) {
    let line = FileLine.bytes(for: Array(payload.utf8))
    #expect(String(decoding: line, as: UTF8.self) == expected + "\n")
  }
}
