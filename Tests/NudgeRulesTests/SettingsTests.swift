import NudgeCore
import NudgeRules
import Testing

@Suite struct SettingsTests {
  private func policy(_ text: String) throws -> Policy {
    let file = SourceFile(path: "nudged.yaml", text: text)
    let reading = RuleReader.read(files: [], settings: .file(file))
    return try #require(reading.ruleSet, "\(report(reading, files: [file]))").policy
  }

  @Test func `no rules at all are a good, empty rule set`() throws {
    let policy = try policy("timezone: Europe/Berlin\n")
    #expect(policy.timezone == "Europe/Berlin")
    #expect(policy.lateLimitMilliseconds == 259_200_000)
    #expect(
      policy.unsubscribedWhen
        == .trait([NamedTest(name: "unsubscribed", matches: [.anyOf([.bool(true)])])])
    )
    #expect(policy.onCap == .wait)
  }

  @Test(
    arguments: [
      ("email: {file: a}", "email", Channel.Kind.message, Span.hours(24), false),
      ("email: {expires: 6h}", "email", .message, .hours(6), false),
      ("in-app: {inbox: true}", "in-app", .message, .hours(48), true),
      ("push: {kind: message}", "push", .message, .hours(24), false),
      ("slack: {kind: internal}", "slack", .internal, .hours(72), false),
      (
        "sms: {kind: message, quiet_hours: ignore, expires: 1 day}", "sms", .message,
        .calendar(days: 1), true
      ),
    ] as [(String, String, Channel.Kind, Span, Bool)]
  )
  func `channels override what is built in, key by key`(
    text: String,
    name: String,
    kind: Channel.Kind,
    expires: Span,
    ignores: Bool
  ) throws {
    let channel = try policy("timezone: UTC\nchannels:\n  \(text)\n").channels[name]
    #expect(
      channel == Channel(name: name, kind: kind, expires: expires, ignoresQuietHours: ignores)
    )
  }

  @Test func `a condition of the settings shares the table of series`() throws {
    let settings = SourceFile(
      path: "nudged.yaml",
      text: "timezone: UTC\nunsubscribed_when: {did: Opted Out}\n"
    )
    let rules = ruleFile(smallModel)
    let ruleSet = try #require(RuleReader.read(files: [rules], settings: .file(settings)).ruleSet)
    guard case .did(let fact, _, _) = ruleSet.policy.unsubscribedWhen else {
      Issue.record("the condition is an event")
      return
    }
    #expect(ruleSet.series[fact.series].event == "Opted Out")
  }

  @Test func `settings of a campaign test are read from its map`() throws {
    let file = SourceFile(path: "x.test.yaml", text: "settings: {timezone: UTC, on_cap: drop}\n")
    let collector = DiagnosticCollector()
    let tree = try #require(YAMLReader.read(file, into: collector))
    let settings = try #require(tree["settings"])
    let policy = RuleReader.read(files: [], settings: .node(settings)).ruleSet?.policy
    #expect(policy?.onCap == .drop)
  }

  @Test func `operators' keys are read by the same table`() throws {
    let text = """
      timezone: UTC
      listen: {http: "127.0.0.1:8627"}
      limits: {body: 8MiB, rate: 1000/s}
      channels: {email: {secret: credential:hook, schedule: [0s, 5m]}}
      """
    let collector = DiagnosticCollector()
    let file = SourceFile(path: "nudged.yaml", text: text)
    let map = try #require(
      YAMLReader.read(file, into: collector).flatMap {
        MapReader($0, as: .settings, collector: collector)
      }
    )
    #expect(map.map("listen")?.text("http") == "127.0.0.1:8627")
    #expect(map.map("limits")?.byteSize("body") == 8_388_608)
    #expect(map.map("limits")?.rate("rate") == 1000)
    let channel = try #require(map.named("channels").first)
    #expect(channel.map.secret("secret") == "credential:hook")
    #expect(channel.map.clockSpans("schedule") == [.zero, .seconds(300)])
    #expect(collector.diagnostics.isEmpty)
  }
}
