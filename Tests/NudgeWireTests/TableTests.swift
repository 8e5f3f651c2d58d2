import Foundation
import NudgeCore
import NudgeWire
import Testing

/// The records of a text, each as its line and its cells, or why it has none.
private func records(_ bytes: [UInt8]) throws -> [String] {
  try read(bytes).records
}

private func read(_ bytes: [UInt8]) throws -> (columns: [String], records: [String]) {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appending(path: "table")
  try Data(bytes).write(to: file)
  var source = try CSVSource(LineSource(path: file.path))
  var found: [String] = []
  while let record = try source.next() {
    switch record.content {
    case .cells(let cells):
      let texts = cells.map { String(decoding: $0, as: UTF8.self) }
      found.append("\(record.line):\(texts.joined(separator: "|"))")
    case .malformed(let reason): found.append("\(record.line)!\(reason)")
    }
  }
  return (source.columns, found)
}

@Test(arguments: [
  ("a,b\n1,2\n", ["2:1|2"]), ("a,b\r\n1,2\r\n", ["2:1|2"]), ("a,b\n1,2", ["2:1|2"]),
  ("a;b\n1;2,5\n", ["2:1|2,5"]), ("a\tb\n1\t\n", ["2:1|"]), ("a\n\n\n1\n", ["4:1"]),
  ("a,b\n\"x, \"\"y\"\"\",\"\"\n", ["2:x, \"y\"|"]), ("a,b\n5\" pipe,2\n", ["2:5\" pipe|2"]),
  ("a,b\n\"one\n\ntwo\",2\n3,4\n", ["2:one\n\ntwo|2", "5:3|4"]), ("a\n", []),
  (
    "a,b\n1\n1,2,3\n",
    [
      "2!the header has 2 cells, this record has 1",
      "3!the header has 2 cells, this record has 3",
    ]
  ),
  (
    "a,b\n\"x\"y,2\n3,4\n",
    ["2!text follows the closing quote of cell 1; a quote inside is doubled", "3:3|4"]
  ),
])
func `records of a table stand on their lines`(text: String, expected: [String]) throws {
  #expect(try records(Array(text.utf8)) == expected)
  #expect(try records(gzip(Array(text.utf8))) == expected)
}

@Test func `a byte order mark and spaces are no part of a column's name`() throws {
  #expect(try read([0xEF, 0xBB, 0xBF] + Array(" a ,\"b\nc\"\n".utf8)).columns == ["a", "b\nc"])
}

@Test(
  arguments: [
    ("", .noHeader), ("\n\n", .noHeader), ("a,\"b\n", .endlessCell(line: 1)),
    ("a\n1\n\"2\n3\n", .endlessCell(line: 3)), ("\"a\"b\n", .misquoted(cell: 1)),
  ] as [(String, CSVSource.Failure)]
)
func `what is no table says where`(text: String, failure: CSVSource.Failure) {
  #expect(throws: failure) { try records(Array(text.utf8)) }
}

@Test func `a table in UTF-16 is refused as that`() {
  #expect(throws: CSVSource.Failure.utf16) { try records([0xFF, 0xFE, 0x61, 0x00]) }
}

/// The line of JSON that a row becomes.
private func line(
  _ columns: [String],
  _ cells: [String],
  maps: [(String, String)] = [],
  set: [(String, String)] = []
) throws -> String {
  let mapping = try CSVMapping(
    columns: columns,
    maps: maps.map { ($0.0, try #require(CSVField($0.1))) },
    constants: set.map { CSVMapping.Constant(try #require(CSVField($0.0)), $0.1) }
  )
  return String(decoding: mapping.line(of: cells.map { Array($0.utf8) }), as: UTF8.self)
}

@Test(arguments: [
  (["userId", "event"], ["ana", "Paid"], #"{"type":"track","userId":"ana","event":"Paid"}"#),
  (
    ["user_id", "Event", "properties.n"], ["a", "E", "1.50"],
    #"{"type":"track","userId":"a","event":"E","properties":{"n":1.5}}"#
  ),
  (
    ["userId", "traits.zip", "traits.ok"], ["a", "01234", "true"],
    #"{"type":"identify","userId":"a","traits":{"zip":"01234","ok":true}}"#
  ),
  (
    ["userId", "traits.zip:text"], ["a", "12"],
    #"{"type":"identify","userId":"a","traits":{"zip":"12"}}"#
  ),
  (
    ["groupId", "traits.plan"], ["acme", "gold"],
    #"{"type":"group","groupId":"acme","traits":{"plan":"gold"}}"#
  ),
  (
    ["userId", "event", "messageId", "traits.a", "properties.b"], ["a", "E", "m", "x", "y"],
    #"{"batch":[{"type":"identify","messageId":"m:traits","userId":"a","event":"E","traits":{"a":"x"}},"#
      + #"{"type":"track","messageId":"m","userId":"a","event":"E","properties":{"b":"y"}}]}"#
  ),
  (["userId", "event", "traits.a"], ["", "E", "x"], #"{"type":"track","event":"E"}"#),
  (["userId", "previousId"], ["a", "b"], #"{"type":"alias","userId":"a","previousId":"b"}"#),
  (
    ["type", "userId", "traits"], ["identify", "a", "{\"x\": 1}"],
    #"{"type":"identify","userId":"a","traits":{"x":1}}"#
  ),
  (
    ["userId", "event", "properties"], ["a", "E", "nonsense"],
    #"{"type":"track","userId":"a","event":"E","properties":"nonsense"}"#
  ),
])
func `a row becomes the calls that it means`(
  columns: [String],
  cells: [String],
  expected: String
) throws {
  #expect(try line(columns, cells) == expected)
}

@Test func `columns can be mapped, and what is the same in every row given once`() throws {
  let text = try line(
    ["id", "Signed up at", "email"],
    ["ana", "2026-03-01", "a@x"],
    maps: [("id", "userId"), ("Signed up at", "timestamp"), ("email", "properties.mail")],
    set: [("event", "Imported"), ("userId", "nobody")]
  )
  #expect(
    text == #"{"type":"track","userId":"ana","event":"Imported","timestamp":"2026-03-01","#
      + #""properties":{"mail":"a@x"}}"#
  )
}

@Test func `a mapping of columns that are not there, or of none, is refused`() {
  #expect(throws: CSVMapping.Invalid.noColumn("b", known: ["a"])) {
    try line(["a"], [], maps: [("b", "userId")])
  }
  #expect(throws: CSVMapping.Invalid.twice("a")) {
    try line(["a", "a"], [], maps: [("a", "userId")])
  }
  #expect(throws: CSVMapping.Invalid.nothingTaken(known: ["a"])) { try line(["a"], []) }
}

@Test func `a line may hold a batch, whose messages have ids of their own`() throws {
  let message = #"{"type":"track","userId":"u","event":"e","timestamp":1}"#
  let text = "{\"batch\":[\(message),\(message),{}]}"
  let line = LineSource.Line(number: 1, offset: 0, bytes: Array(text.utf8))
  let outcomes = try LineDecoder().decodeAll(line)
  let ids = outcomes.compactMap { outcome -> String? in
    guard case .taken(let event) = outcome else { return nil }
    return event.messageID
  }
  #expect(Set(ids).count == 2)
  #expect(outcomes.count == 3)
  #expect(try LineDecoder().decodeAll(line) == outcomes)
}
