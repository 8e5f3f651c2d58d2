import Foundation
import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

/// What leaves is read by programs of others: each version of it is kept as a golden file, to which keys may be added.
@Suite struct PayloadTests {
  private static let rules = """
    nudged: 1
    models:
      onboarding:
        subject: user
        starts: {did: Signed Up}
        milestones:
          project-created: {reached_when: {did: Project Created}}
        activated_when: {milestones_reached: all}
    campaigns:
      welcome:
        mode: live
        model: onboarding
        while: {missing: project-created}
        steps:
          - {name: hello, immediately: true, send: email, template: hello, data: {link: "https://app.example.com"}}
          - {name: task, immediately: true, send: cs-task, template: call, assign_to: account.csm, group_by: account.csm}
    """

  @Test func `version 1 of the payload is as its golden file shows`() throws {
    let rules = [SourceFile(path: "rules/a.yaml", text: Self.rules)]
    let reading = RuleReader.read(files: rules, settings: .defaults(timezone: "UTC"))
    let set = try #require(reading.ruleSet, "\(report(reading, files: rules))")
    let engine = Engine(rules: set, zones: SampleZones.table)
    var world = World()
    let traits = #"{"email": "ana@example.com", "name": "Ana \"A\" \u{2028}", "seats": 3}"#
    _ = try handle("group", group: "acme", traits: #"{"csm": "kim"}"#, engine, &world)
    _ = try handle("identify", traits: traits, engine, &world)
    let sent = try handle("track", name: "Signed Up", engine, &world)
    #expect(sent.count == 2)
    for intervention in sent {
      let value = try JSONSerialization.jsonObject(with: Data(intervention.payload))
      let text = try JSONSerialization.data(
        withJSONObject: value,
        options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      )
      let name = intervention.group == nil ? "payload-1.json" : "payload-1-grouped.json"
      Golden.expect(String(decoding: text, as: UTF8.self) + "\n", matches: name)
    }
  }

  private func handle(
    _ kind: String,
    name: String = "",
    group: String? = nil,
    traits: String = "{}",
    _ engine: Engine,
    _ world: inout World
  ) throws -> [Intervention] {
    let now = try #require(Timestamp(rfc3339: "2026-03-09T13:00:00Z"))
    let stimulus = Stimulus.event(
      Event(
        messageID: kind,
        kind: try #require(Event.Kind(rawValue: kind)),
        userID: "ana",
        groupID: group,
        name: name,
        timestamp: now,
        receivedAt: now,
        traits: JSONText(wellFormed: Array(traits.utf8))
      ),
      at: now
    )
    while true {
      let missing = engine.missing(for: stimulus, in: world)
      if missing.isEmpty { break }
      for subject in missing { world.memories[subject] = Memory(subject: subject) }
    }
    return engine.handle(stimulus, in: &world).interventions
  }
}
