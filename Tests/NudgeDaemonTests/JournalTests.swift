import Foundation
import Glibc
import Logging
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeDaemon

private let noon = Timestamp(millisecondsSinceEpoch: 1_773_057_600_000)

struct `The journal` {
  @Test func `gets an entry with all its fields`() throws {
    let journal = try FakeJournal()
    let logger = try journal.logger()
    logger.info(
      "decision dropped",
      [
        .campaign: "welcome", .step: "hello", .subject: "ana", .reason: "dropped.expired",
        .decision: "iv_1", .ruleSet: "9b3e",
      ]
    )
    let entry = try #require(try journal.entries().first)
    #expect(
      entry["MESSAGE"]
        == "Decision dropped (rule set 9b3e, campaign welcome, step hello, subject ana, reason dropped.expired, decision iv_1)."
    )
    #expect(entry["PRIORITY"] == "6")
    #expect(entry["SYSLOG_IDENTIFIER"] == "nudged")
    #expect(entry["MESSAGE_ID"] == LogKind.decisionDropped.id)
    #expect(entry["NUDGED_CAMPAIGN"] == "welcome")
    #expect(entry["NUDGED_STEP"] == "hello")
    #expect(entry["NUDGED_SUBJECT"] == "ana")
    #expect(entry["NUDGED_REASON"] == "dropped.expired")
    #expect(entry["NUDGED_DECISION"] == "iv_1")
    #expect(entry["NUDGED_RULE_SET"] == "9b3e")
    #expect(entry["CODE_FILE"] == "NudgeDaemonTests/JournalTests.swift")
    #expect(Int(entry["CODE_LINE"] ?? "") != nil)
  }

  @Test(arguments: [
    "one line", "two\nlines", "\n", "", "ends with one\n", "NUDGED_X=1\nMESSAGE=forged", "ü\nö",
  ])
  func `gets every text as it is, and no field is forged`(text: String) throws {
    let journal = try FakeJournal()
    try journal.logger().error("outbox file cannot be written", [.error: "\(text)"])
    let entry = try #require(try journal.entries().first)
    #expect(entry["NUDGED_ERROR"] == text)
    #expect(entry["NUDGED_X"] == nil)
    #expect(entry["MESSAGE"] == "Outbox file cannot be written: \(text).")
  }

  @Test func `gets no more than it takes, however long a text is`() throws {
    let journal = try FakeJournal()
    let facts = LogKey.allCases.map {
      ($0, Logger.MetadataValue.string(String(repeating: "x", count: 99_999)))
    }
    try journal.logger().error("delivery given up", Dictionary(uniqueKeysWithValues: facts))
    let entry = try #require(try journal.entries().first)
    #expect(entry.count == LogKey.allCases.count + 7)
  }

  @Test func `is not needed: what it does not take goes to stderr`() throws {
    let journal = try FakeJournal()
    let output = Pipe()
    let logger = try journal.logger(otherwise: output.fileHandleForWriting.fileDescriptor)
    try journal.close()
    logger.warning("breaker opened", [.channel: "email"])
    let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    #expect(text == "<4>breaker opened channel=email\n")
  }

  @Test func `is none where nobody listens`() throws {
    #expect(JournalSocket(path: try TemporaryFolder().path(of: "socket")) == nil)
  }

  @Test func `has keys of its own letters alone`() throws {
    let journal = try FakeJournal()
    try journal.logger().info("tick", metadata: ["a b=c\nd": "1", "ünder": "2"])
    let entry = try #require(try journal.entries().first)
    #expect(entry["NUDGED_A_B_C_D"] == "1")
    #expect(entry["NUDGED__NDER"] == "2")
    #expect(entry["MESSAGE_ID"] == nil)
  }
}

struct `The kinds of log events` {
  @Test func `have one id and one sentence each`() {
    #expect(Set(LogKind.allCases.map(\.id)).count == LogKind.allCases.count)
    #expect(LogKind.allCases.allSatisfy { $0.id.wholeMatch(of: /[0-9a-f]{32}/) != nil })
    #expect(LogKind.allCases.allSatisfy { LogKind(sentence: $0.sentence) == $0 })
  }

  @Test func `are sentences that the daemon says`() throws {
    let sources = Self.repository.appending(path: "Sources/NudgeDaemon")
    let files = try #require(FileManager.default.enumerator(atPath: sources.path()))
    let texts = try files.compactMap { $0 as? String }
      .filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Logging/") }
      .map { try String(contentsOf: sources.appending(path: $0), encoding: .utf8) }
    // What a logger is handed first; of two sentences one is chosen there.
    let call = /logger\.(?:debug|info|warning|error)\(\s*(?:\w+ \? )?"([^"]*)"(?:\s*:\s*"([^"]*)")?/
    let sentences = texts.flatMap { text in
      text.matches(of: call).flatMap { [String($0.1), $0.2.map(String.init) ?? ""] }
    }
    for kind in LogKind.allCases { #expect(sentences.contains(kind.sentence), "\(kind)") }
  }

  @Test func `are explained by the catalog of the package`() throws {
    let file = Self.repository.appending(path: "systemd/nudged.catalog")
    if ProcessInfo.processInfo.environment["NUDGED_BLESS"] == "1" {
      try Data(LogKind.catalog.utf8).write(to: file)
    }
    Golden.expect(LogKind.catalog, equals: try String(contentsOf: file, encoding: .utf8))
  }

  @Test func `name fields in the catalog that entries have`() throws {
    let fields = Set(LogKey.allCases.map { "NUDGED_" + $0.rawValue.uppercased() })
    for kind in LogKind.allCases {
      for match in kind.explanation.text.matches(of: /@([A-Z_]+)@/) {
        #expect(fields.contains(String(match.1)), "\(kind)")
      }
    }
  }

  private static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

/// A socket in place of journald's, which keeps what comes.
///
/// A class, since it owns a descriptor.
private final class FakeJournal {
  /// A datagram that is not of the native form.
  struct Malformed: Error {
    let datagram: [UInt8]
  }

  private let folder: TemporaryFolder
  private var descriptor: Int32

  init() throws {
    folder = try TemporaryFolder()
    let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    let address = try #require(SocketAddress(folder.path(of: "socket")))
    try #require(address.withPointer { bind(descriptor, $0, $1) } == 0)
    self.descriptor = descriptor
  }

  deinit { Glibc.close(descriptor) }

  func close() throws {
    Glibc.close(descriptor)
    descriptor = -1
  }

  func logger(otherwise output: Int32 = 2) throws -> Logger {
    let socket = try #require(JournalSocket(path: folder.path(of: "socket")))
    let lines = LineLogHandler(
      label: "nudged",
      level: .debug,
      style: LogStyle(.journal),
      clock: ManualClock(now: noon),
      descriptor: output
    )
    return Logger(label: "nudged") { _ in JournalLogHandler(socket: socket, otherwise: lines) }
  }

  /// Everything that has come, taken apart as journald does.
  func entries() throws -> [[String: String]] {
    var entries: [[String: String]] = []
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    while case let count = recv(descriptor, &bytes, bytes.count, 0), count > 0 {
      entries.append(try FakeJournal.fields(Array(bytes[..<count])))
    }
    return entries
  }

  private static func fields(_ datagram: [UInt8]) throws -> [String: String] {
    var fields: [String: String] = [:]
    var rest = datagram[...]
    while !rest.isEmpty {
      guard let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x3D }) else {
        throw Malformed(datagram: datagram)
      }
      let key = String(decoding: rest[..<end], as: UTF8.self)
      let isText = rest[end] == 0x3D
      rest = rest[(end + 1)...]
      let length: Int
      if isText {
        guard let line = rest.firstIndex(of: 0x0A) else { throw Malformed(datagram: datagram) }
        length = line - rest.startIndex
      } else {
        length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(8)
      }
      guard rest.count > length, rest[rest.startIndex + length] == 0x0A, fields[key] == nil else {
        throw Malformed(datagram: datagram)
      }
      fields[key] = String(decoding: rest.prefix(length), as: UTF8.self)
      rest = rest.dropFirst(length + 1)
    }
    return fields
  }
}
