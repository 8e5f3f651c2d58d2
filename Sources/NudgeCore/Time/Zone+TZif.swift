extension Zone {
  /// Why bytes are not the rules of a zone.
  public enum InvalidData: Error, Hashable, Sendable {
    /// They do not begin with `TZif`.
    case notTZif
    /// The format is version 1, which ends in 2038, or none that is known; the byte as given.
    case version(UInt8)
    /// They end before what the header promises.
    case truncated(atByte: Int)
    /// They count leap seconds, which Unix time does not.
    case leapSeconds(Int)
    /// There is no local time type at this place.
    case localTimeType(Int)
    /// The transitions are not in ascending order.
    case order(atTransition: Int)
    /// The last line is not a POSIX `TZ` string.
    case footer(String)
  }

  /// The zone that a TZif file describes (RFC 9636), versions 2 to 4.
  ///
  /// The rule in its footer is expanded into transitions up to the end of the year 2100, so that every
  /// look-up is one binary search; after that the last offset stays.
  public convenience init(name: String, tzif bytes: [UInt8]) throws(InvalidData) {
    var reader = TZifReader(bytes: bytes)
    var table = try reader.readTable()
    let footer = try reader.readFooter()
    if !footer.isEmpty {
      guard let rule = PosixZoneRule(footer) else { throw .footer(footer) }
      table.append(rule, untilYear: 2100)
    }
    self.init(
      name: name,
      transitions: table.transitions,
      offsets: table.offsets,
      abbreviations: table.abbreviations
    )
  }

  /// The same rules under another name, for links: the tables are shared.
  public func named(_ name: String) -> Zone {
    Zone(
      name: name,
      transitions: transitions,
      offsets: offsets,
      abbreviations: abbreviations
    )
  }
}

/// The columns of a zone while it is put together.
struct TransitionTable {
  private(set) var transitions: [Int64] = []
  private(set) var offsets: [Int32]
  private(set) var abbreviations: [String]

  /// A table that begins with this offset.
  init(offset: Int32, abbreviation: String) {
    self.offsets = [offset]
    self.abbreviations = [abbreviation]
  }

  /// Adds a change, unless it changes nothing; one at the same second replaces the last.
  mutating func append(at second: Int64, offset: Int32, abbreviation: String) {
    if transitions.last == second {
      transitions.removeLast()
      offsets.removeLast()
      abbreviations.removeLast()
    }
    guard offsets.last != offset || abbreviations.last != abbreviation else { return }
    transitions.append(second)
    offsets.append(offset)
    abbreviations.append(abbreviation)
  }

  /// Adds what a rule says for the time after the last transition.
  mutating func append(_ rule: PosixZoneRule, untilYear lastYear: Int) {
    let last = transitions.last
    for change in rule.changes(fromYear: TransitionTable.year(of: last), through: lastYear)
    where change.second > last ?? .min {
      append(at: change.second, offset: change.offset, abbreviation: change.abbreviation)
    }
  }

  /// The year from which a rule is needed: that of the last transition, or 1970 without any.
  private static func year(of second: Int64?) -> Int {
    guard let second, second > 0 else { return 1970 }
    return LocalDate(daysSinceEpoch: Int(second / 86_400)).civil.year
  }
}

/// Reads the 64-bit block of a TZif file and its footer.
private struct TZifReader {
  private static let headerLength = 44

  private struct Header {
    let version: UInt8
    let utcIndicators, standardIndicators, leapSeconds, transitions, types, characters: Int

    /// The length of the block after this header, with times of this many bytes.
    func blockLength(timeSize: Int) -> Int {
      transitions * (timeSize + 1) + types * 6 + characters + leapSeconds * (timeSize + 4)
        + standardIndicators + utcIndicators
    }
  }

  private let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The transitions of the 64-bit block; the position is then at the footer.
  mutating func readTable() throws(Zone.InvalidData) -> TransitionTable {
    let old = try readHeader()
    guard (UInt8(ascii: "2")...UInt8(ascii: "4")).contains(old.version) else {
      throw .version(old.version)
    }
    try skip(old.blockLength(timeSize: 4))
    let header = try readHeader()
    guard header.leapSeconds == 0 else { throw .leapSeconds(header.leapSeconds) }
    let block = position
    try skip(header.blockLength(timeSize: 8))
    return try table(header, at: block)
  }

  /// The line after the blocks, without its line feeds.
  mutating func readFooter() throws(Zone.InvalidData) -> String {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\n"),
      let end = bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "\n"))
    else { throw .truncated(atByte: bytes.count) }
    return String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
  }

  private mutating func readHeader() throws(Zone.InvalidData) -> Header {
    let start = position
    try skip(TZifReader.headerLength)
    guard bytes[start..<start + 4].elementsEqual("TZif".utf8) else { throw .notTZif }
    let counts = (0..<6).map { Int(integer(at: start + 20 + 4 * $0, size: 4)) }
    return Header(
      version: bytes[start + 4],
      utcIndicators: counts[0],
      standardIndicators: counts[1],
      leapSeconds: counts[2],
      transitions: counts[3],
      types: counts[4],
      characters: counts[5]
    )
  }

  private mutating func skip(_ length: Int) throws(Zone.InvalidData) {
    guard length <= bytes.count - position else { throw .truncated(atByte: bytes.count) }
    position += length
  }

  private func table(_ header: Header, at block: Int) throws(Zone.InvalidData) -> TransitionTable {
    let typeIndices = block + header.transitions * 8
    let types = try localTimeTypes(header, at: typeIndices + header.transitions)
    guard let first = types.first else { throw .localTimeType(0) }
    var table = TransitionTable(offset: first.offset, abbreviation: first.abbreviation)
    var last = Int64.min
    for index in 0..<header.transitions {
      let second = Int64(bitPattern: integer(at: block + index * 8, size: 8))
      let type = Int(bytes[typeIndices + index])
      guard second > last else { throw .order(atTransition: index) }
      guard type < types.count else { throw .localTimeType(type) }
      last = second
      table.append(
        at: second,
        offset: types[type].offset,
        abbreviation: types[type].abbreviation
      )
    }
    return table
  }

  private func localTimeTypes(
    _ header: Header,
    at start: Int
  ) throws(Zone.InvalidData) -> [(offset: Int32, abbreviation: String)] {
    let names = start + header.types * 6
    var types: [(offset: Int32, abbreviation: String)] = []
    for index in 0..<header.types {
      let type = start + index * 6
      let name = Int(bytes[type + 5])
      guard name < header.characters else { throw .localTimeType(index) }
      let offset = Int32(truncatingIfNeeded: integer(at: type, size: 4))
      let characters = bytes[(names + name)..<(names + header.characters)].prefix { $0 != 0 }
      types.append((offset, String(decoding: characters, as: UTF8.self)))
    }
    return types
  }

  /// The big-endian integer of this many bytes; the caller has checked that they are there.
  private func integer(at start: Int, size: Int) -> UInt64 {
    bytes[start..<start + size].reduce(0) { $0 << 8 | UInt64($1) }
  }
}
