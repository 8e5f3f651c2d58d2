import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

/// The engine on a virtual clock: things happen to people, timers are run between them.
struct Stage {
  private(set) var engine: Engine
  private(set) var world = World()
  private(set) var decisions: [Decision] = []
  private var count = 0

  init(
    rules: [SourceFile],
    settings: String = "nudged_config: 1\ntimezone: America/New_York\n",
    deployments: [String: Timestamp] = [:],
    zones: ZoneTable = SampleZones.table
  ) throws {
    let file = SourceFile(path: "nudged.yaml", text: settings)
    let reading = RuleReader.read(files: rules, settings: .file(file))
    let ruleSet = try #require(reading.ruleSet, "\(report(reading, files: rules + [file]))")
    engine = Engine(rules: ruleSet, zones: zones, deployments: deployments)
  }

  mutating func identify(_ user: String, _ traits: String, at: String) throws {
    try happen(.identify, user, at: at, traits: traits)
  }

  mutating func track(
    _ user: String,
    _ name: String,
    at: String,
    _ properties: String = "{}",
    account: String? = nil,
    timestamp: String? = nil
  ) throws {
    try happen(
      .track,
      user,
      name: name,
      at: at,
      properties: properties,
      account: account,
      timestamp: timestamp
    )
  }

  mutating func group(_ user: String?, _ account: String, _ traits: String, at: String) throws {
    try happen(.group, user, at: at, traits: traits, account: account)
  }

  private mutating func happen(
    _ kind: Event.Kind,
    _ user: String?,
    name: String = "",
    at: String,
    properties: String = "{}",
    traits: String = "{}",
    account: String? = nil,
    timestamp: String? = nil
  ) throws {
    let instant = try #require(Timestamp(rfc3339: at))
    run(until: instant)
    count += 1
    let event = Event(
      messageID: "m\(count)",
      kind: kind,
      userID: user,
      groupID: account,
      name: name,
      timestamp: try #require(Timestamp(rfc3339: timestamp ?? at)),
      receivedAt: instant,
      properties: JSONText(wellFormed: Array(properties.utf8)),
      traits: JSONText(wellFormed: Array(traits.utf8))
    )
    handle(.event(event, at: instant))
  }

  /// Lets other silences hold from an instant on, and looks at everybody.
  mutating func silence(_ silences: [Silence], at: String) throws {
    let instant = try #require(Timestamp(rfc3339: at))
    run(until: instant)
    engine = engine.silenced(by: silences)
    for subject in world.memories.keys.sorted() { handle(.timer(subject, at: instant)) }
  }

  /// Lets other time-zone data count from an instant on, and looks at everybody.
  mutating func use(zones: ZoneTable, at: String) throws {
    let instant = try #require(Timestamp(rfc3339: at))
    run(until: instant)
    engine = Engine(rules: engine.rules.set, zones: zones)
    for subject in world.memories.keys.sorted() { handle(.timer(subject, at: instant)) }
  }

  /// Runs every timer that is due up to an instant.
  mutating func run(until instant: Timestamp) {
    while let next = world.memories.values.min(by: { ($0.wake, $0.subject) < ($1.wake, $1.subject) }
    ),
      next.wake <= instant
    {
      handle(.timer(next.subject, at: next.wake))
    }
  }

  private mutating func handle(_ stimulus: Stimulus) {
    load(for: stimulus)
    let effects = engine.handle(stimulus, in: &world)
    decisions += effects.decisions
    for follower in effects.followers.sorted() { handle(.timer(follower, at: stimulus.at)) }
  }

  private mutating func load(for stimulus: Stimulus) {
    while true {
      let missing = engine.missing(for: stimulus, in: world)
      if missing.isEmpty { return }
      for subject in missing { world.memories[subject] = Memory(subject: subject) }
    }
  }

  /// What is told of a subject at an instant, after all timers up to then.
  mutating func explanation(
    of subject: SubjectID,
    _ campaign: String? = nil,
    at: String
  ) throws
    -> Explanation
  {
    let now = try #require(Timestamp(rfc3339: at))
    run(until: now)
    let own = decisions.filter { $0.subject == subject }
    return engine.explanation(
      of: subject,
      campaign: campaign,
      in: world,
      decisions: own,
      now: now,
      gitCommit: "4f1c2ab"
    )
  }

  mutating func progress(of subject: SubjectID, at: String) throws -> [ProgressCard] {
    let now = try #require(Timestamp(rfc3339: at))
    run(until: now)
    return engine.progress(of: subject, in: world, now: now)
  }
}
