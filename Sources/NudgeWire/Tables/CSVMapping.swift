import NudgeCore

/// Which column of a table fills which field of a message, and what is the same in every row.
public struct CSVMapping: Hashable, Sendable {
  /// Why a table cannot be read so.
  public enum Invalid: Error, Hashable, Sendable {
    /// The header has no such column.
    case noColumn(String, known: [String])
    /// Two columns have this name.
    case twice(String)
    /// No column has anything to say.
    case nothingTaken(known: [String])
  }

  /// A field with the cell that fills it.
  private struct Slot: Hashable {
    let column: Int
    let field: CSVField
  }

  private let slots: [Slot]
  private let constants: [Constant]
  /// The columns that fill nothing.
  public let unused: [String]

  /// What is the same in every row that has nothing else for it.
  public struct Constant: Hashable, Sendable {
    let field: CSVField
    let text: String

    /// A field with what it is.
    public init(_ field: CSVField, _ text: String) {
      self.field = field
      self.text = text
    }
  }

  /// A mapping of the columns of a header.
  ///
  /// - Parameters:
  ///   - columns: Their names in the header; one that is called like a field fills it.
  ///   - maps: What other columns fill.
  ///   - constants: What no column fills.
  /// - Throws: ``Invalid`` when there is no such column.
  public init(
    columns: [String],
    maps: [(column: String, field: CSVField)],
    constants: [Constant] = []
  ) throws(Invalid) {
    for (place, column) in columns.enumerated() where columns[..<place].contains(column) {
      if maps.contains(where: { $0.column == column }) { throw .twice(column) }
    }
    for map in maps where !columns.contains(map.column) {
      throw .noColumn(map.column, known: columns)
    }
    slots = columns.enumerated().flatMap { place, column in
      let chosen = maps.filter { $0.column == column }.map(\.field)
      let fields = chosen.isEmpty ? CSVField(column).map { [$0] } ?? [] : chosen
      return fields.map { Slot(column: place, field: $0) }
    }
    self.constants = constants
    let used = Set(slots.map(\.column))
    unused = columns.indices.filter { !used.contains($0) }.map { columns[$0] }
    guard !slots.isEmpty else { throw .nothingTaken(known: columns) }
  }

  /// The message of a record as one line of JSON.
  ///
  /// A row without `type` that has an event and traits is two: who somebody is, then what they did.
  public func line(of cells: [[UInt8]]) -> [UInt8] {
    var row = CSVRow()
    for slot in slots where !cells[slot.column].isEmpty {
      row.set(slot.field, String(decoding: cells[slot.column], as: UTF8.self))
    }
    for constant in constants { row.setDefault(constant.field, constant.text) }
    return row.line.json.bytes
  }
}

/// What one row of a table says.
private struct CSVRow {
  private var envelope: [String: String] = [:]
  private var bodies: [CSVField.Body: [JSONValue.Member]] = [:]
  /// Bodies that are no JSON object, as they stand, for a reader to refuse.
  private var unreadable: [CSVField.Body: String] = [:]

  mutating func set(_ field: CSVField, _ text: String) {
    switch field {
    case .envelope(let name): envelope[name] = text.trimmingSpace
    case .body(let body): add(text, to: body)
    case .member(let body, let key, let isText):
      let value = isText ? .string(text) : CSVRow.value(of: text)
      bodies[body, default: []].removeAll { $0.key == key }
      bodies[body, default: []].append(.init(key, value))
    }
  }

  mutating func setDefault(_ field: CSVField, _ text: String) {
    switch field {
    case .envelope(let name) where envelope[name] != nil: return
    case .member(let body, let key, _) where bodies[body]?.contains { $0.key == key } == true:
      return
    case .envelope, .member, .body: set(field, text)
    }
  }

  private mutating func add(_ text: String, to body: CSVField.Body) {
    let strict = try? LenientJSON.strict(Array(text.utf8), depth: WireLimits().depth)
    guard let strict, case .object(let members) = JSONText(wellFormed: strict).value else {
      unreadable[body] = text
      return
    }
    let keys = Set((bodies[body] ?? []).map(\.key))
    bodies[body, default: []] += members.filter { !keys.contains($0.key) }
  }

  /// A number or a truth value where the text is one in JSON, else the text.
  private static func value(of text: String) -> JSONValue {
    if text == "true" || text == "false" { return .bool(text == "true") }
    guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
      let strict = try? LenientJSON.strict(Array(text.utf8), depth: 1),
      case .number(let number) = JSONText(wellFormed: strict).value
    else { return .string(text) }
    return .number(number)
  }

  // MARK: Messages

  /// One message, or a batch of two; a row that would be refused is one.
  var line: JSONValue {
    guard envelope["type"] == nil else { return message() }
    let hasTraits = bodies[.traits] != nil || unreadable[.traits] != nil
    switch (envelope["event"] != nil, hasTraits) {
    case (true, true) where isAboutSomebody && hasReadableTime:
      let first = message(kindOfTraits, idSuffix: ":traits", without: .properties)
      return .object([.init("batch", .array([first, message("track", without: .traits)]))])
    case (true, _): return message("track", without: .traits)
    case (false, true): return message(kindOfTraits)
    case (false, false): return message(envelope["previousId"] == nil ? nil : "alias")
    }
  }

  private var isPerson: Bool { envelope["userId"] != nil || envelope["anonymousId"] != nil }
  private var isAboutSomebody: Bool { isPerson || envelope["groupId"] != nil }
  private var kindOfTraits: String {
    isPerson || envelope["groupId"] == nil ? "identify" : "group"
  }

  private var hasReadableTime: Bool {
    let text = envelope["timestamp"] ?? envelope["originalTimestamp"]
    return text.map { WireTime.parse($0.utf8) != nil } ?? true
  }

  private func message(
    _ type: String? = nil,
    idSuffix: String = "",
    without left: CSVField.Body? = nil
  ) -> JSONValue {
    var members: [JSONValue.Member] = type.map { [.init("type", .string($0))] } ?? []
    for name in CSVField.envelopeNames {
      guard let text = envelope[name] else { continue }
      members.append(.init(name, .string(name == "messageId" ? text + idSuffix : text)))
    }
    for body in CSVField.Body.allCases where body != left {
      if let text = unreadable[body] {
        members.append(.init(body.rawValue, .string(text)))
      } else if let object = bodies[body] {
        members.append(.init(body.rawValue, .object(object)))
      }
    }
    return .object(members)
  }
}
