import Logging
import NudgeCore

/// One log event, ready to be written in any format.
struct LogLine {
  let time: Timestamp
  let level: Logger.Level
  let logger: String
  let message: String
  /// In the order of ``LogKey``, then others by name.
  let facts: [(key: String, value: Logger.MetadataValue)]

  init(
    time: Timestamp,
    level: Logger.Level,
    logger: String,
    message: String,
    facts: Logger.Metadata
  ) {
    self.time = time
    self.level = level
    self.logger = logger
    self.message = message
    self.facts = facts.sorted { LogLine.rank($0.key) < LogLine.rank($1.key) }
  }

  /// The line with its end.
  func text(in style: LogStyle) -> String {
    switch style.format {
    case .text: text(isColoured: style.isColoured) + "\n"
    case .logfmt: logfmt + "\n"
    case .json: json + "\n"
    case .journal: "<\(level.priority)>\(LogText.bare(message))\(pairs)\n"
    }
  }

  static func rank(_ key: String) -> (Int, String) {
    (LogKey.places[key] ?? LogKey.places.count, key)
  }

  private var logfmt: String {
    "time=\(time) level=\(level) logger=\(LogText.value(logger)) "
      + "message=\(LogText.value(message))\(pairs)"
  }

  /// Every fact as ` key=value`.
  private var pairs: String {
    facts.map { " \(LogText.key($0.key))=\(LogText.value($0.value.description))" }.joined()
  }

  private func text(isColoured: Bool) -> String {
    let name = level.rawValue.padding(to: 7)
    guard isColoured else { return "\(time) \(name) \(LogText.bare(message))\(pairs)" }
    let coloured = facts.map {
      " \u{1B}[2m\(LogText.key($0.key))=\u{1B}[0m\(LogText.value($0.value.description))"
    }
    return "\u{1B}[2m\(time)\u{1B}[0m \u{1B}[\(level.colour)m\(name)\u{1B}[0m "
      + LogText.bare(message) + coloured.joined()
  }

  private var json: String {
    let head = [
      JSONValue.Member("time", .string(time.description)),
      JSONValue.Member("level", .string(level.rawValue)),
      JSONValue.Member("logger", .string(logger)),
      JSONValue.Member("message", .string(LogText.cut(message))),
    ]
    let reserved = Set(head.map(\.key))
    let tail = facts.map { fact in
      JSONValue.Member(reserved.contains(fact.key) ? fact.key + "_" : fact.key, fact.value.json)
    }
    return JSONValue.object(head + tail).json.text
  }
}

/// Texts as they may stand on a line: without line ends, and not endless.
enum LogText {
  /// A sentence.
  static func bare(_ text: String) -> String { escaped(cut(text), quotes: false) }

  /// A value, in quotes where a reader of `key=value` needs them.
  static func value(_ text: String) -> String {
    let cut = cut(text)
    let isPlain = cut.unicodeScalars.allSatisfy { !$0.isSpecial && $0 != " " && $0 != "=" }
    return isPlain && !cut.isEmpty ? cut : "\"\(escaped(cut, quotes: true))\""
  }

  /// A key without what would end it.
  static func key(_ text: String) -> String {
    String(text.map { $0 == " " || $0 == "=" || $0 == "\"" || $0.isNewline ? "_" : $0 })
  }

  /// The text up to the limit, with an ellipsis where something is missing.
  static func cut(_ text: String) -> String {
    guard text.utf8.count > Limits.logTextBytes else { return text }
    return String(decoding: text.utf8.prefix(Limits.logTextBytes), as: UTF8.self) + "…"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\"", "\\": result += quotes ? "\\\(scalar)" : "\(scalar)"
      case _ where scalar.isSpecial: result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether it would end the line, command a terminal or end a quoted value.
  fileprivate var isSpecial: Bool {
    switch self {
    case "\"", "\\", "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}": true
    default: false
    }
  }
}

extension Logger.MetadataValue {
  fileprivate var json: JSONValue {
    switch self {
    case .string(let text): .string(LogText.cut(text))
    case .stringConvertible(let value): .string(LogText.cut(value.description))
    case .array(let items): .array(items.map(\.json))
    case .dictionary(let members):
      .object(members.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value.json) })
    }
  }
}

extension Logger.Level {
  /// As syslog counts (RFC 5424, table 2).
  var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }

  /// The parameter of the terminal's SGR sequence (ECMA-48, 8.3.117).
  fileprivate var colour: Int {
    switch self {
    case .trace, .debug: 2
    case .info, .notice: 32
    case .warning: 33
    case .error, .critical: 31
    }
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}
