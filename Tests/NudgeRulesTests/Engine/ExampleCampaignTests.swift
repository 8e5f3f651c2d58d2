import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

@Suite struct `The example campaigns` {
  @Test func `a Friday-evening sign-up who does nothing hears from us on Monday, not Sunday`()
    throws
  {
    var play = try Play(["onboarding"], origin: "2026-03-06T18:30:00-05:00")
    play.identify(
      "ana",
      [
        ("timezone", .string("America/New_York")), ("company_size", .whole(50)),
        ("role", .string("founder")),
      ],
      after: 0
    )
    play.track("ana", "Signed Up", after: 60)
    play.track("ana", "Session Started", after: 120)
    #expect(
      play.sent(holdingOut: false) == [
        "2026-03-09T13:00:00.000Z high-potential-not-activated/quickstart-email user:ana email",
        "2026-03-11T04:00:00.000Z high-potential-not-activated/setup-help-prompt user:ana in-app",
        "2026-03-13T14:00:00.000Z high-potential-not-activated/cs-outreach user:ana cs-task",
      ]
    )
  }

  @Test func `one milestone before day 3 takes them out`() throws {
    var play = try Play(["onboarding"], origin: "2026-03-02T10:00:00-05:00")
    play.identify(
      "bo",
      [
        ("timezone", .string("America/New_York")), ("company_size", .whole(50)),
        ("role", .string("founder")),
      ],
      after: 0
    )
    play.track("bo", "Signed Up", after: 60)
    play.track("bo", "Project Created", after: 26 * 3600)
    #expect(
      play.sent(holdingOut: false) == [
        "2026-03-05T17:00:00.000Z partially-activated/invite-nudge user:bo in-app",
        "2026-03-10T13:00:00.000Z partially-activated/unused-features-email user:bo email",
        "2026-03-17T13:00:00.000Z partially-activated/unused-features-email user:bo email",
      ]
    )
  }
}

/// A rule set of the project's files, played on a virtual clock.
struct Play {
  var rehearsal: Rehearsal
  let origin: Timestamp
  private var count = 0

  init(_ files: [String], origin: String) throws {
    let sources = try files.map { try Samples.rule($0) }
    let reading = RuleReader.read(
      files: sources,
      settings: .defaults(timezone: "America/New_York")
    )
    let rules = try #require(reading.ruleSet)
    rehearsal = Rehearsal(Engine(rules: rules, zones: SampleZones.table))
    self.origin = try #require(Timestamp(rfc3339: origin))
  }

  mutating func identify(_ user: String, _ traits: [(String, JSONValue)], after seconds: Int64) {
    take(
      .identify,
      user,
      "",
      traits: JSONValue.object(traits.map { JSONValue.Member($0.0, $0.1) }).json,
      after: seconds
    )
  }

  mutating func track(_ user: String, _ name: String, after seconds: Int64) {
    take(.track, user, name, traits: .empty, after: seconds)
  }

  private mutating func take(
    _ kind: Event.Kind,
    _ user: String,
    _ name: String,
    traits: JSONText,
    after seconds: Int64
  ) {
    count += 1
    let at = origin.adding(milliseconds: seconds * 1000)
    rehearsal.take(
      Event(
        messageID: "m\(count)",
        kind: kind,
        userID: user,
        name: name,
        timestamp: at,
        receivedAt: at,
        traits: traits
      ),
      at: at
    )
  }

  mutating func sent(holdingOut: Bool) -> [String] {
    rehearsal.advance(to: rehearsal.now.adding(milliseconds: 60 * 86_400_000))
    return rehearsal.effects.decisions
      .filter { $0.outcome == .sent || (!holdingOut && $0.outcome == .heldOut) }
      .map {
        "\($0.at.rfc3339) \($0.campaign)/\($0.step) \($0.to?.description ?? "-") \($0.channel ?? "-")"
      }
  }
}
