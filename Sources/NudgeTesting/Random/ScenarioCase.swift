import Foundation
import NudgeCore

/// A scenario as files that `nudged test` runs: its rules, and its history as a campaign test.
public struct ScenarioCase: Sendable {
  /// The text of the rule file.
  public let rules: String
  /// The text of the test file, which names the rule file `rules.yaml`.
  public let test: String

  /// The files of a scenario; what the engine sends is what the test expects.
  public init(_ scenario: Scenario) {
    var writer = RuleFileWriter(scenario.rules.ruleSet)
    rules = writer.text()
    test = ScenarioCase.test(of: scenario)
  }

  /// Writes both files into a folder of the seed's name in the system's place for temporary files; hands back its path.
  ///
  /// - Throws: what the file system says.
  public func write(seed: UInt64) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "nudged-seed-\(seed)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(rules.utf8).write(to: folder.appending(path: "rules.yaml"))
    let file = folder.appending(path: "seed-\(seed).test.yaml")
    try Data(test.utf8).write(to: file)
    return file.path()
  }

  private static func test(of scenario: Scenario) -> String {
    // Test rules count as deployed before everything.
    var rehearsal = Rehearsal(Engine(rules: scenario.rules.ruleSet, zones: SampleZones.table))
    rehearsal.live(scenario.history.arrivals, until: scenario.history.end)
    let sent = rehearsal.effects.decisions.filter { $0.outcome == .sent }
    let policy = scenario.rules.ruleSet.policy
    return """
      nudged_test: 1
      rules: [rules.yaml]
      settings: \(policy.written.json.text)

      tests:
        - name: seed \(scenario.seed)
          starts_at: \((scenario.history.arrivals.first?.at ?? .distantPast).rfc3339)
          runs_until: \(scenario.history.end.rfc3339)
          holdout: on
          given:
      \(lines(scenario.history.arrivals.map(\.written)))
          expect:
            sent:\(sent.isEmpty ? " []" : "\n" + lines(sent.map(\.written)))

      """
  }

  private static func lines(_ values: [JSONValue]) -> String {
    values.map { "      - \($0.json.text)" }.joined(separator: "\n")
  }
}

extension RandomHistory.Arrival {
  fileprivate var written: JSONValue {
    let about: [(String, JSONValue?)] = [
      ("at", .string(at.rfc3339)), ("user", event.userID.map { .string($0) }),
      ("anonymous", event.userID == nil ? event.anonymousID.map { .string($0) } : nil),
      ("account", event.groupID.map { .string($0) }),
      ("timestamp", .string(event.timestamp.rfc3339)), ("message_id", .string(event.messageID)),
    ]
    let traits = event.traits.value ?? .object([])
    switch event.kind {
    case .identify: return .written(about + [("identify", traits)])
    case .alias: return .written(about + [("alias", event.previousID.map { .string($0) })])
    case .group: return .written(about + [("group", traits)])
    case .track, .page, .screen:
      let properties = event.properties.value
      return .written(about + [("track", .string(event.name)), ("properties", properties)])
    }
  }
}

extension Decision {
  fileprivate var written: JSONValue {
    .written([
      ("at", .string(at.rfc3339)), ("campaign", .string(campaign)), ("step", .string(step)),
      ("to", to.map { .string($0.description) }), ("about", .string(subject.description)),
    ])
  }
}

extension Policy {
  /// The settings that decide, as a settings file has them.
  fileprivate var written: JSONValue {
    .written([
      ("timezone", .string(timezone)),
      (
        "quiet_hours",
        quietHours.map { hours in
          .written([("from", .string("\(hours.from)")), ("to", .string("\(hours.to)"))])
        }
      ),
      ("caps", .list(caps.map(\.written))), ("on_cap", .string(onCap.rawValue)),
      (
        "channels",
        channels.isEmpty ? nil : .object(channels.map { .init($0.key, $0.value.written) })
      ),
    ])
  }
}

extension Cap {
  fileprivate var written: JSONValue {
    .written([
      ("name", .string(name)), ("channels", channels.map(JSONValue.strings)),
      ("at_most", .whole(atMost)), ("per", .string("\(per)")),
    ])
  }
}

extension Channel {
  fileprivate var written: JSONValue {
    .written([
      ("kind", .string(kind.rawValue)), ("expires", .string("\(expires)")),
      ("quiet_hours", ignoresQuietHours ? .string("ignore") : nil),
    ])
  }
}
