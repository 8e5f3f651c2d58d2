/// The rules of one time zone: which offset from UTC holds at which instant.
///
/// A class, since one table is shared by every person of the zone; it never changes.
public final class Zone: Sendable {
  /// The IANA name, as in `America/New_York`.
  public let name: String
  /// The instants at which the offset changes, in seconds since the epoch, ascending.
  let transitions: [Int64]
  /// Seconds east of UTC from each transition on; one more in front for the time before the first.
  let offsets: [Int32]
  /// The abbreviation that goes with each offset, such as `EDT`.
  let abbreviations: [String]

  init(name: String, transitions: [Int64], offsets: [Int32], abbreviations: [String]) {
    self.name = name
    self.transitions = transitions
    self.offsets = offsets
    self.abbreviations = abbreviations
  }

  /// Coordinated Universal Time.
  public static let utc = makeUTC()

  fileprivate static func makeUTC() -> Zone {
    Zone(name: "UTC", transitions: [], offsets: [0], abbreviations: ["UTC"])
  }
}

/// The zones of the system's tzdata, by name.
public struct ZoneTable: Sendable {
  private let zones: [String: Zone]
  /// The version of the data, such as `2025b`; empty when it could not be told.
  public let version: String

  /// A table of these zones; `UTC` is always in it.
  public init(_ zones: some Sequence<Zone>, version: String) {
    // Each table its own: one that all share is a place where processors meet.
    var table = ["UTC": Zone.makeUTC()]
    for zone in zones { table[zone.name] = zone }
    self.zones = table
    self.version = version
  }

  /// The zone of this name; `nil` when the data has none.
  public subscript(name: String) -> Zone? {
    zones[name]
  }

  /// All names, sorted.
  public var names: [String] {
    zones.keys.sorted()
  }
}
