public import NudgeCore
import NudgeZones

/// The zones that tests use: those of this system's tzdata.
public enum SampleZones {
  /// The whole table, read once; only UTC where the system has no tzdata.
  public static let table: ZoneTable =
    (try? SystemZones.load()) ?? ZoneTable(EmptyCollection(), version: "")

  /// The zone of this name.
  public static func zone(_ name: String) -> Zone {
    guard let zone = table[name] else {
      preconditionFailure("no zone \(name) in \(SystemZones.defaultDirectory)")
    }
    return zone
  }

  /// Where the worked examples of the rule language take place.
  public static let newYork = zone("America/New_York")
}
