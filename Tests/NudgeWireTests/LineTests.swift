import Foundation
import NudgeCore
import NudgeWire
import Testing

/// A file of these bytes in a folder of its own, for as long as the closure runs.
private func withFile<Result>(
  _ bytes: [UInt8],
  _ body: (String) throws -> Result
) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appending(path: "lines")
  try Data(bytes).write(to: file)
  return try body(file.path)
}

private func lines(of bytes: [UInt8]) throws -> [LineSource.Line] {
  try withFile(bytes) { path in
    var source = try LineSource(path: path)
    var found: [LineSource.Line] = []
    while let line = try source.next() { found.append(line) }
    return found
  }
}

private let fixture = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "Fixtures/trials_500.ndjson")

@Test(arguments: [
  ("a\nb\n", ["1:0:a", "2:2:b"]), ("a\r\nb", ["1:0:a", "2:3:b"]), ("\n \n\na", ["4:4:a"]),
  ("", []), ("\n", []), ("a", ["1:0:a"]), ("a\n\nb\r\n\r\n", ["1:0:a", "3:3:b"]),
])
func `lines are numbered and placed, plain or compressed`(
  text: String,
  expected: [String]
) throws {
  for bytes in [Array(text.utf8), gzip(Array(text.utf8))] {
    let found = try lines(of: bytes)
    #expect(
      found.map { "\($0.number):\($0.offset):\(String(decoding: $0.bytes, as: UTF8.self))" }
        == expected
    )
  }
}

@Test func `lines across chunks are whole, and members of gzip follow each other`() throws {
  let long = String(repeating: "x", count: 300_000)
  let text = (0..<20).map { "\($0) \(long)" }.joined(separator: "\n")
  let halves = [text.utf8.prefix(1_000_000), text.utf8.dropFirst(1_000_000)]
  let compressed = halves.flatMap { gzip(Array($0)) }
  for bytes in [Array(text.utf8), compressed] {
    let found = try lines(of: bytes)
    #expect(found.map(\.bytes.count) == (0..<20).map { 300_001 + String($0).count })
    #expect(
      found.map(\.offset)
        == found.indices.map { place in
          found[..<place].map { $0.bytes.count + 1 }.reduce(0, +)
        }
    )
  }
}

@Test func `a line too long to hold is cut, and the next one is whole`() throws {
  let found = try lines(of: Array(repeating: 0x78, count: 3 << 20) + Array("\nnext\n".utf8))
  #expect(found.map(\.isCut) == [true, false])
  #expect(found.map(\.offset) == [0, (3 << 20) + 1])
  let outcome = try LineDecoder().decode(found[0])
  guard case .rejected(let rejection) = outcome else {
    Issue.record("taken: \(outcome)")
    return
  }
  #expect(rejection.code == "too-large")
}

@Test func `a cut or broken gzip file is an error`() throws {
  var compressed = gzip(Array(repeating: 0x0A, count: 1000))
  #expect(throws: LineSource.Failure.self) { try lines(of: compressed.dropLast(9)) }
  compressed[compressed.count / 2] ^= 0xFF
  #expect(throws: LineSource.Failure.self) { try lines(of: compressed) }
  #expect(throws: LineSource.Failure.self) { _ = try LineSource(path: "/nowhere/at/all") }
}

@Test func `the sample stream is taken whole`() throws {
  let bytes = Array(try Data(contentsOf: fixture))
  let decoder = try LineDecoder()
  let events = try lines(of: gzip(bytes)).compactMap { line -> Event? in
    guard case .taken(let event) = decoder.decode(line) else { return nil }
    return event
  }
  #expect(events.count == 500)
  #expect(events.filter { $0.kind == .track }.count == 388)
  #expect(events.filter { $0.kind == .identify }.count == 22)
  #expect(events.filter { $0.kind == .group }.count == 25)
  #expect(events.filter { $0.kind == .page }.count == 65)
  #expect(events.filter { $0.groupID != nil }.count == 469)
  #expect(events.filter { $0.userID == nil }.count == 9)
  #expect(Set(events.map(\.messageID)).count == 500)
}

@Test(arguments: [
  (#""timestamp":1000,"sentAt":1010,"receivedAt":1100"#, 1_090_000, 1_100_000),
  (#""timestamp":1000,"receivedAt":1100"#, 1_000_000, 1_100_000),
  (#""timestamp":1000,"sentAt":1010"#, 1_000_000, 1_000_000),
  (#""receivedAt":1100"#, 1_100_000, 1_100_000),
])
func `a line's skew is corrected only when all three times are there`(
  times: String,
  timestamp: Int64,
  receivedAt: Int64
) throws {
  let text = #"{"type":"track","userId":"u","event":"e",\#(times)}"#
  let line = LineSource.Line(number: 1, offset: 0, bytes: Array(text.utf8))
  guard case .taken(let event) = try LineDecoder().decode(line) else {
    Issue.record("rejected")
    return
  }
  #expect(event.timestamp.millisecondsSinceEpoch == timestamp)
  #expect(event.receivedAt.millisecondsSinceEpoch == receivedAt)
}

@Test(arguments: [
  ("nonsense", "malformed-json"), ("[]", "not-an-object"), (#"{"userId":"u"}"#, "no-type"),
  (#"{"type":"track","userId":"u","event":"e"}"#, "no-timestamp"),
])
func `a bad line is a rejection`(text: String, code: String) throws {
  let line = LineSource.Line(number: 1, offset: 0, bytes: Array(text.utf8))
  guard case .rejected(let rejection) = try LineDecoder().decode(line) else {
    Issue.record("taken")
    return
  }
  #expect(rejection.code == code)
}

@Test func `a line without id gets the same one in every reading`() throws {
  let bytes = Array(#"{"type":"track","userId":"u","event":"e","timestamp":1}"#.utf8)
  let ids = try [1, 1, 2].map { number -> String? in
    let line = LineSource.Line(number: number, offset: 0, bytes: bytes)
    guard case .taken(let event) = try LineDecoder().decode(line) else { return nil }
    return event.messageID
  }
  #expect(ids[0] == ids[1])
  #expect(ids[0] != ids[2])
}

@Test func `a body that inflates past the limit is refused, at any ratio below it`() throws {
  let zeros = [UInt8](repeating: 0, count: 5 << 20)
  let compressed = gzip(zeros)
  #expect(compressed.count * 700 < zeros.count)
  #expect(try Gzip.inflate(compressed, limit: 5 << 20) == zeros)
  #expect(throws: Gzip.Failure.tooLarge(limit: (5 << 20) - 1)) {
    try Gzip.inflate(compressed, limit: (5 << 20) - 1)
  }
  #expect(throws: Gzip.Failure.truncated) { try Gzip.inflate([], limit: 10) }
  #expect(throws: Gzip.Failure.truncated) {
    try Gzip.inflate(Array(compressed.dropLast()), limit: 5 << 20)
  }
  #expect(throws: Gzip.Failure.malformed) { try Gzip.inflate([1, 2, 3, 4], limit: 10) }
}
