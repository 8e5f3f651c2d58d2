/// Words for people with instants among them, which are put into somebody's zone only when they are shown.
struct Phrase: Hashable, Sendable {
  enum Piece: Hashable, Sendable {
    case text(String)
    case instant(Timestamp, showsZone: Bool)
    case day(Timestamp)
  }

  private(set) var pieces: [Piece] = []

  init(pieces: [Piece] = []) {
    self.pieces = pieces
  }

  init(_ text: String) {
    pieces = [.text(text)]
  }

  /// The phrase with local times, to the minute.
  func text(in zone: Zone) -> String {
    pieces.map { $0.text(in: zone) }.joined()
  }

  /// The phrase with every instant in RFC 3339, as machines read it.
  var exact: String {
    pieces.map(\.exact).joined()
  }

  static func + (left: Phrase, right: Phrase) -> Phrase {
    Phrase(pieces: left.pieces + right.pieces)
  }
}

extension Phrase: ExpressibleByStringInterpolation {
  struct StringInterpolation: StringInterpolationProtocol {
    var pieces: [Piece] = []

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { pieces.append(.text(literal)) }
    }

    mutating func appendInterpolation(_ instant: Timestamp) {
      pieces.append(.instant(instant, showsZone: false))
    }

    /// The local date of an instant.
    mutating func appendInterpolation(day instant: Timestamp) {
      pieces.append(.day(instant))
    }

    /// An instant with the abbreviation of its zone behind it.
    mutating func appendInterpolation(zoned instant: Timestamp) {
      pieces.append(.instant(instant, showsZone: true))
    }

    mutating func appendInterpolation(_ phrase: Phrase) {
      pieces += phrase.pieces
    }

    mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      pieces.append(.text(value.description))
    }
  }

  init(stringLiteral text: String) {
    pieces = [.text(text)]
  }

  init(stringInterpolation: StringInterpolation) {
    pieces = stringInterpolation.pieces
  }
}

extension Phrase.Piece {
  func text(in zone: Zone) -> String {
    switch self {
    case .text(let text): text
    case .instant(.never, _), .day(.never): "never"
    case .day(let instant): instant.dayText(in: zone)
    case .instant(let instant, true): instant.text(in: zone)
    case .instant(let instant, false): instant.minuteText(in: zone)
    }
  }

  var exact: String {
    switch self {
    case .text(let text): text
    case .instant(let instant, _), .day(let instant): instant.description
    }
  }
}

extension Timestamp {
  /// The instant as people of a zone read it, without the zone: `Mon 2026-03-09 09:00`.
  func minuteText(in zone: Zone) -> String {
    let text = self.text(in: zone)
    return text.lastIndex(of: " ").map { String(text[..<$0]) } ?? text
  }

  /// The local date of the instant as people read it: `Mon 2026-03-09`.
  func dayText(in zone: Zone) -> String {
    let text = minuteText(in: zone)
    return text.lastIndex(of: " ").map { String(text[..<$0]) } ?? text
  }

  /// The instant as JSON: RFC 3339, null for `never`.
  var json: JSONValue { self == .never ? .null : .string(rfc3339) }
}

extension [Phrase] {
  func joined(by separator: String) -> Phrase {
    let pieces = enumerated().flatMap { place, phrase in
      (place == 0 ? [] : [Phrase.Piece.text(separator)]) + phrase.pieces
    }
    return Phrase(pieces: pieces)
  }
}

extension JSONValue {
  /// An instant, or null when there is none.
  static func instant(_ instant: Timestamp?) -> JSONValue { instant?.json ?? .null }

  /// A phrase with exact instants, or null when there is none.
  static func phrase(_ phrase: Phrase?) -> JSONValue { .optional(phrase?.exact) }
}
