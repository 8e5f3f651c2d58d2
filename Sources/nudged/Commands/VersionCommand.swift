import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeStore
import NudgeZones

/// `nudged version`.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version",
    abstract: "Print the version of nudged and of what it decides with.",
    discussion: """
      The version of the time-zone data is part of it: two machines with different data may plan \
      the same step for different instants.
      """
  )

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let answer = Answer()
    let sqlite = try SQLiteLibrary.version()
    let zones = SystemZones.version(in: SystemZones.defaultDirectory)
    if json {
      try answer.line(object(sqlite: sqlite, zones: zones).json.text)
    } else {
      var table = Table([.left, .left])
      table.add(["nudged", NudgedVersion.text])
      table.add(["Swift", SwiftRelease.text])
      table.add(["SQLite", sqlite])
      let release = zones.isEmpty ? "version not told" : zones
      table.add(["time zones", "\(release) (\(SystemZones.defaultDirectory))"])
      for line in table.lines() { try answer.line(line) }
    }
    try answer.finish()
  }

  private func object(sqlite: String, zones: String) -> JSONValue {
    .object([
      .init("version", .string(NudgedVersion.text)),
      .init("swift", .string(SwiftRelease.text)),
      .init("sqlite", .string(sqlite)),
      .init("time_zones", .optional(zones.isEmpty ? nil : zones)),
      .init("time_zones_path", .string(SystemZones.defaultDirectory)),
    ])
  }
}
