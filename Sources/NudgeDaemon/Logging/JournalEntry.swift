import Logging
import NudgeCore

/// One entry of the journal in its native form.
///
/// Fields are `KEY=value` lines; a value with a line end is `KEY`, a line end, its length as 64 bits with the low byte
/// first, and the value (<https://systemd.io/JOURNAL_NATIVE_PROTOCOL>).
struct JournalEntry: Hashable {
  private(set) var fields: [Field] = []

  struct Field: Hashable {
    let key: String
    let value: String
  }

  /// The entry of a log event.
  init(level: Logger.Level, sentence: String, facts: Logger.Metadata, source: LogSource) {
    let line = JournalSentence(sentence, facts)
    add("MESSAGE", line.text)
    add("PRIORITY", "\(level.priority)")
    add("SYSLOG_IDENTIFIER", "nudged")
    if let kind = LogKind(sentence: sentence) { add("MESSAGE_ID", kind.id) }
    for fact in line.facts { add("NUDGED_" + JournalEntry.key(fact.key), fact.text) }
    add("CODE_FILE", source.file)
    add("CODE_LINE", "\(source.line)")
    add("CODE_FUNC", source.function)
  }

  private mutating func add(_ key: String, _ value: String) {
    fields.append(Field(key: key, value: LogText.cut(value)))
  }

  /// The key with nothing but what the journal takes: capital letters, digits and `_`.
  private static func key(_ text: String) -> String {
    String(text.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  /// The datagram.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for field in fields {
      bytes += field.key.utf8
      if field.value.utf8.contains(0x0A) {
        bytes.append(0x0A)
        let length = UInt64(field.value.utf8.count)
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
      } else {
        bytes.append(0x3D)
      }
      bytes += field.value.utf8
      bytes.append(0x0A)
    }
    return bytes
  }
}

/// Where in the source a log event comes from.
struct LogSource: Hashable {
  let file: String
  let function: String
  let line: UInt
}

/// A log event as a sentence that can stand alone: what `journalctl` shows.
private struct JournalSentence {
  struct Fact {
    let key: String
    let text: String
  }

  let facts: [Fact]
  private let sentence: String

  init(_ sentence: String, _ metadata: Logger.Metadata) {
    self.sentence = sentence
    facts = metadata.sorted { LogLine.rank($0.key) < LogLine.rank($1.key) }
      .map { Fact(key: $0.key, text: $0.value.description) }
  }

  var text: String {
    let head = sentence.prefix(1).uppercased() + sentence.dropFirst()
    let causes = facts.filter(isCause).map { ": \($0.text)" }.joined()
    let others = facts.filter { !isCause($0) }
      .map { "\($0.key.replacing("_", with: " ")) \($0.text)" }
    let tail = others.isEmpty ? "" : " (\(others.joined(separator: ", ")))"
    return head + causes + tail + "."
  }

  private func isCause(_ fact: Fact) -> Bool {
    [LogKey.error, .answer].contains { $0.rawValue == fact.key }
  }
}
