import Foundation

/// What Python's zoneinfo says about one zone between 2020 and 2037.
struct ExpectedZone {
  /// What holds from a second on.
  struct Period {
    let second: Int64
    let offset: Int
    let abbreviation: String
  }

  /// A time on the wall and its instant.
  struct Local {
    let daysSinceEpoch: Int
    let minuteOfDay: Int
    let second: Int64
  }

  let names: [String]
  var periods: [Period] = []
  var locals: [Local] = []
}

/// Python's zoneinfo on the same tzdata, run as a script.
enum PythonZones {
  /// The interpreter; `nil` where Python is not installed.
  static let interpreter: String? =
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/python3" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Every zone of the folder, those with the same bytes once.
  static func expected(folder: String) throws -> [ExpectedZone] {
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "expected-instants.py")
    let process = Process()
    process.executableURL = URL(filePath: interpreter ?? "python3")
    process.arguments = [script.path(), folder]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["PYTHONTZPATH": folder]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return zones(in: String(decoding: text, as: UTF8.self))
  }

  private static func zones(in text: String) -> [ExpectedZone] {
    var zones: [ExpectedZone] = []
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: " ")).map { String($0) ?? "" }
      switch fields[0] {
      case "Z": zones.append(ExpectedZone(names: Array(fields.dropFirst())))
      case "S": zones[zones.count - 1].periods.append(period(["0"] + fields.dropFirst()))
      case "T": zones[zones.count - 1].periods.append(period(fields.dropFirst()))
      default: zones[zones.count - 1].locals.append(local(fields.dropFirst()))
      }
    }
    return zones
  }

  private static func period(_ fields: some Collection<String>) -> ExpectedZone.Period {
    let fields = Array(fields)
    return ExpectedZone.Period(
      second: Int64(fields[0]) ?? .min,
      offset: Int(fields[1]) ?? .min,
      abbreviation: fields[2]
    )
  }

  private static func local(_ fields: some Collection<String>) -> ExpectedZone.Local {
    let fields = Array(fields)
    return ExpectedZone.Local(
      daysSinceEpoch: Int(fields[0]) ?? .min,
      minuteOfDay: Int(fields[1]) ?? .min,
      second: Int64(fields[2]) ?? .min
    )
  }
}
