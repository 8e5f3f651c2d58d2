import NudgeCore

/// Reads what the settings decide for every campaign.
struct PolicyReader {
  let session: RuleSession

  /// The policy of a settings map; what cannot be read is reported and taken as unsaid.
  func policy(of map: MapReader) -> Policy {
    Policy(
      timezone: session.zone(map, "timezone") ?? "UTC",
      channels: channels(of: map),
      quietHours: quietHours(of: map),
      caps: caps(of: map),
      onCap: map.choice("on_cap").flatMap(Policy.OnCap.init(rawValue:)) ?? .wait,
      unsubscribedWhen: unsubscribedWhen(of: map) ?? Self.unsubscribedTrait,
      lateLimitMilliseconds: map.parsed("late_limit", ScalarForm.clockMilliseconds)
        ?? Self.lateLimit
    )
  }

  /// The policy of those who have no settings.
  static func policy(timezone: String) -> Policy {
    Policy(
      timezone: timezone,
      channels: [:],
      quietHours: nil,
      caps: [],
      onCap: .wait,
      unsubscribedWhen: unsubscribedTrait,
      lateLimitMilliseconds: lateLimit
    )
  }

  /// `{trait: {unsubscribed: true}}` (`semantics.md`, ruling 98).
  private static let unsubscribedTrait = Condition.trait([
    NamedTest(name: "unsubscribed", matches: [.anyOf([.bool(true)])])
  ])

  /// 72 hours (`semantics.md`, ruling 103).
  private static let lateLimit: Int64 = 72 * 3_600_000

  private func unsubscribedWhen(of map: MapReader) -> Condition? {
    ConditionReader(session: session, scope: .outside("the settings", subject: nil))
      .read("unsubscribed_when", of: map)
  }

  private func quietHours(of map: MapReader) -> QuietHours? {
    guard let inner = map.map("quiet_hours") else { return nil }
    let from = inner.parsed("from", ScalarForm.timeOfDay)
    let to = inner.parsed("to", ScalarForm.timeOfDay)
    guard let from, let to else { return nil }
    return QuietHours(from: from, to: to)
  }

  private func channels(of map: MapReader) -> [String: Channel] {
    Dictionary(map.named("channels").map { ($0, channel($0, $1)) }) { first, _ in first }
  }

  /// The built-in channel of this name, overridden key by key (`semantics.md`, ruling 85).
  private func channel(_ name: String, _ map: MapReader) -> Channel {
    let builtIn = Channel.builtIn(name)
    let kind = map.choice("kind").flatMap(Channel.Kind.init(rawValue:)) ?? builtIn.kind
    let isKnown = ["email", "in-app", "cs-task"].contains(name)
    let standard = isKnown ? builtIn.expires : .hours(kind == .message ? 24 : 72)
    return Channel(
      name: name,
      kind: kind,
      expires: map.span("expires") ?? standard,
      ignoresQuietHours: map.choice("quiet_hours") == "ignore" || builtIn.ignoresQuietHours
    )
  }

  private func caps(of map: MapReader) -> [Cap] {
    let nodes = map.list("caps")
    session.reportDuplicateNames(of: nodes, noun: "cap", in: map.title)
    return nodes.compactMap(cap)
  }

  private func cap(_ node: YAMLNode) -> Cap? {
    let title = node["name"]?.text.map { "cap `\($0)`" }
    guard let map = MapReader(node, as: .cap, title: title, collector: session.collector) else {
      return nil
    }
    let name = map.name("name")
    let channels = map.has("channels") ? map.parsedList("channels", ScalarForm.name) : nil
    let atMost = map.whole("at_most")
    guard let per = map.span("per"), let name, let atMost else { return nil }
    return Cap(name: name, channels: channels, atMost: atMost, per: per)
  }
}
