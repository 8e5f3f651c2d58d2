/// All rule files and the policy of the settings, compiled into one immutable value.
public struct RuleSet: Hashable, Sendable {
  /// SHA-256 of the canonical text of everything that decides, in lower-case hexadecimal.
  public let hash: String
  /// Campaigns refer to them by place.
  public let models: [Model]
  /// By falling priority, then name.
  public let campaigns: [Campaign]
  /// Those of all files, limited to some campaigns or not.
  public let mutes: [Mute]
  /// What the settings decide for all of them.
  public let policy: Policy
  /// Every different event fact that some rule needs, each once.
  public let series: [Series]

  /// A rule set of these parts; campaigns are put in their order.
  public init(
    hash: String,
    models: [Model],
    campaigns: [Campaign],
    mutes: [Mute],
    policy: Policy,
    series: [Series]
  ) {
    self.hash = hash
    self.models = models
    self.campaigns = campaigns.sorted {
      ($1.priority, $0.name) < ($0.priority, $1.name)
    }
    self.mutes = mutes
    self.policy = policy
    self.series = series
  }
}

extension RuleSet {
  /// What a deploy notes the instant of: the campaigns, and the steps as `campaign/step`.
  public var deployedNames: [String] {
    campaigns.flatMap { campaign in
      [campaign.name] + campaign.steps.map { "\(campaign.name)/\($0.name)" }
    }
  }
}

/// While a condition holds, these channels stay quiet.
public struct Mute: Hashable, Sendable {
  /// Unique among all definitions of the rule files.
  public let name: String
  /// What its author says it is for; `nil` when nothing is said.
  public let description: String?
  /// Asked of the person.
  public let when: Condition?
  /// Asked of the person's account.
  public let whenAccount: Condition?
  /// `nil`: all message channels.
  public let channels: [String]?
  /// The campaigns that are muted; `nil`: all.
  public let campaigns: [String]?

  /// A mute of these channels.
  public init(
    name: String,
    description: String?,
    when: Condition?,
    whenAccount: Condition?,
    channels: [String]?,
    campaigns: [String]?
  ) {
    self.name = name
    self.description = description
    self.when = when
    self.whenAccount = whenAccount
    self.channels = channels
    self.campaigns = campaigns
  }
}

/// What the settings decide for every campaign.
public struct Policy: Hashable, Sendable {
  /// The zone of those who have none, by name.
  public let timezone: String
  /// The channels that the settings mention, by name; others are built in.
  public let channels: [String: Channel]
  /// `nil`: messages go out at any hour.
  public let quietHours: QuietHours?
  /// All of them hold; the strictest one wins.
  public let caps: [Cap]
  /// What a step that is over a cap does.
  public let onCap: OnCap
  /// Whether a subject has unsubscribed.
  public let unsubscribedWhen: Condition
  /// How old an event may be and still trigger `as_soon_as`, in milliseconds.
  public let lateLimitMilliseconds: Int64

  /// A policy of these parts.
  public init(
    timezone: String,
    channels: [String: Channel],
    quietHours: QuietHours?,
    caps: [Cap],
    onCap: OnCap,
    unsubscribedWhen: Condition,
    lateLimitMilliseconds: Int64
  ) {
    self.timezone = timezone
    self.channels = channels
    self.quietHours = quietHours
    self.caps = caps
    self.onCap = onCap
    self.unsubscribedWhen = unsubscribedWhen
    self.lateLimitMilliseconds = lateLimitMilliseconds
  }

  /// What happens to a plan that a cap holds back.
  public enum OnCap: String, Hashable, Sendable {
    case wait
    case drop
  }
}

/// The name that a step sends to, as far as it decides.
public struct Channel: Hashable, Sendable {
  /// Who a channel talks to.
  public enum Kind: String, Hashable, Sendable {
    /// The subject: quiet hours, caps and mutes hold.
    case message
    /// Our own people: they do not.
    case `internal`
  }

  /// What steps call it.
  public let name: String
  /// Who it talks to.
  public let kind: Kind
  /// How late a step may go out, where the step does not say.
  public let expires: Span
  /// Whether messages go out at any hour.
  public let ignoresQuietHours: Bool

  /// A channel of this kind.
  public init(name: String, kind: Kind, expires: Span, ignoresQuietHours: Bool) {
    self.name = name
    self.kind = kind
    self.expires = expires
    self.ignoresQuietHours = ignoresQuietHours
  }

  /// The channel of this name when the settings do not mention it: `email` and `in-app` are
  /// messages, every other is internal (`semantics.md`, ruling 85).
  public static func builtIn(_ name: String) -> Channel {
    switch name {
    case "email":
      Channel(name: name, kind: .message, expires: .hours(24), ignoresQuietHours: false)
    case "in-app":
      Channel(name: name, kind: .message, expires: .hours(48), ignoresQuietHours: true)
    default:
      Channel(name: name, kind: .internal, expires: .hours(72), ignoresQuietHours: false)
    }
  }
}

extension Span {
  /// So many hours of clock time.
  public static func hours(_ hours: Int64) -> Span {
    .clock(milliseconds: hours * 3_600_000)
  }
}

/// At most so many messages to one recipient in a sliding window.
public struct Cap: Hashable, Sendable {
  /// What `explain` calls it.
  public let name: String
  /// `nil`: over all message channels.
  public let channels: [String]?
  /// How many; at least one.
  public let atMost: Int
  /// The length of the window.
  public let per: Span

  /// A cap over these channels.
  public init(name: String, channels: [String]?, atMost: Int, per: Span) {
    self.name = name
    self.channels = channels
    self.atMost = atMost
    self.per = per
  }
}
