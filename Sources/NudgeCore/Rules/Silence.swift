/// What an operator keeps quiet at run time: a silence with an end, or a paused campaign without one.
///
/// What it covers is the meeting of all that it names; what it leaves open is everything.
public struct Silence: Hashable, Sendable {
  /// How people and commands name it.
  public let id: String
  /// The only campaign that it covers; `nil`: all.
  public let campaign: String?
  /// The only channel that it covers; `nil`: all.
  public let channel: String?
  /// The only person or account that it covers, an account with its members; `nil`: all.
  public let subject: SubjectID?
  /// Why, in the operator's words; never empty.
  public let comment: String
  /// Its first instant.
  public let from: Timestamp
  /// The first instant after it; `never` for a pause, which ends when somebody says so.
  public let until: Timestamp
  /// Who asked for it.
  public let by: String

  /// A silence of these parts.
  public init(
    id: String,
    campaign: String?,
    channel: String?,
    subject: SubjectID?,
    comment: String,
    from: Timestamp,
    until: Timestamp,
    by: String
  ) {
    self.id = id
    self.campaign = campaign
    self.channel = channel
    self.subject = subject
    self.comment = comment
    self.from = from
    self.until = until
    self.by = by
  }

  /// A campaign that is paused from now on.
  public static func pause(
    of campaign: String,
    comment: String,
    from: Timestamp,
    by: String
  )
    -> Silence
  {
    Silence(
      id: pauseCause,
      campaign: campaign,
      channel: nil,
      subject: nil,
      comment: comment,
      from: from,
      until: .never,
      by: by
    )
  }

  /// What plans that a pause holds back name as their cause.
  static let pauseCause = "paused"

  /// Whether it ends only when somebody says so, and holds back all that its campaign does, tags too.
  public var isPause: Bool { until == .never }

  /// Whether it holds at an instant.
  public func holds(at now: Timestamp) -> Bool { from <= now && now < until }

  /// The same silence with its end at an instant, unless it had ended before.
  public func ended(at now: Timestamp) -> Silence {
    Silence(
      id: id,
      campaign: campaign,
      channel: channel,
      subject: subject,
      comment: comment,
      from: from,
      until: min(until, now),
      by: by
    )
  }

  /// The id of a silence: a digest of what it says and when it was said.
  public static func identity(of parts: [String]) -> String {
    "s_" + Digest.hexadecimal(Digest.sha256(joining: parts).prefix(4))
  }
}

/// What an operator did about silences, as the acts of a database keep it.
///
/// The acts in their order are the truth: applied one after the other they give the silences of any instant.
public enum SilenceAct: Hashable, Sendable {
  case added(Silence)
  /// A silence was ended before its time.
  case expired(id: String, by: String)
  case paused(Silence)
  case resumed(campaign: String, by: String)

  /// The kinds under which they are kept.
  public static let kinds = [
    "silence-added", "silence-expired", "campaign-paused", "campaign-resumed",
  ]

  /// The kind under which it is kept.
  public var kind: String {
    switch self {
    case .added: "silence-added"
    case .expired: "silence-expired"
    case .paused: "campaign-paused"
    case .resumed: "campaign-resumed"
    }
  }

  /// What is kept beside its kind and instant, as JSON.
  public var detail: JSONValue {
    switch self {
    case .added(let silence), .paused(let silence): silence.json
    case .expired(let id, let by): .object([.init("id", .string(id)), .init("by", .string(by))])
    case .resumed(let campaign, let by):
      .object([.init("campaign", .string(campaign)), .init("by", .string(by))])
    }
  }

  /// The act that was kept so; `nil` for any other.
  public init?(kind: String, detail: JSONValue) {
    let by = detail["by"]?.text ?? ""
    switch kind {
    case "silence-added", "campaign-paused":
      guard let silence = Silence(detail) else { return nil }
      self = kind == "silence-added" ? .added(silence) : .paused(silence)
    case "silence-expired":
      guard let id = detail["id"]?.text else { return nil }
      self = .expired(id: id, by: by)
    case "campaign-resumed":
      guard let campaign = detail["campaign"]?.text else { return nil }
      self = .resumed(campaign: campaign, by: by)
    default: return nil
    }
  }
}

extension [Silence] {
  /// The silences after an act at an instant; those that it ends are kept with their end.
  public func applying(_ act: SilenceAct, at now: Timestamp) -> [Silence] {
    switch act {
    case .added(let silence), .paused(let silence): self + [silence]
    case .expired(let id, _):
      map { !$0.isPause && $0.id == id ? $0.ended(at: now) : $0 }
    case .resumed(let campaign, _):
      map { $0.isPause && $0.campaign == campaign ? $0.ended(at: now) : $0 }
    }
  }
}

extension Silence {
  /// The silence as the acts keep it and the API tells it.
  public var json: JSONValue {
    .object([
      .init("id", .string(id)),
      .init("campaign", .optional(campaign)),
      .init("channel", .optional(channel)),
      .init("subject", .optional(subject?.description)),
      .init("comment", .string(comment)),
      .init("from", .string(from.rfc3339)),
      .init("until", isPause ? .null : .string(until.rfc3339)),
      .init("by", .string(by)),
    ])
  }

  /// The silence that `json` wrote; `nil` for anything else.
  public init?(_ json: JSONValue) {
    guard let id = json["id"]?.text, let comment = json["comment"]?.text,
      let from = json["from"]?.text.flatMap(Timestamp.init(rfc3339:))
    else { return nil }
    self.init(
      id: id,
      campaign: json["campaign"]?.text,
      channel: json["channel"]?.text,
      subject: json["subject"]?.text.flatMap { SubjectID($0) },
      comment: comment,
      from: from,
      until: json["until"]?.text.flatMap(Timestamp.init(rfc3339:)) ?? .never,
      by: json["by"]?.text ?? ""
    )
  }
}
