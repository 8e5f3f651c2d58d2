extension StepExplanation {
  /// What would have to change for it to go out, in one line; `nil` where nothing is amiss or nothing simple would.
  ///
  /// Instants are RFC 3339 in UTC.
  public var advice: String? { advicePhrase?.exact }

  /// The same for people.
  var advicePhrase: Phrase? {
    switch outlook {
    case .planned(let plan): plan.advice(in: campaign)
    case .unplanned: nil
    case .over: decisions.last.flatMap { ReasonCode($0.reason).advice }.map(Phrase.init(_:))
    }
  }
}

extension PlanExplanation {
  /// Whether what holds it back lasts until after its expiry.
  var willExpire: Bool { (waiting?.until ?? plannedAt) > expiresAt }

  fileprivate func advice(in campaign: String) -> Phrase? {
    guard let waiting else { return nil }
    switch waiting.code {
    case .waitingCap: return willExpire ? capAdvice(waiting.cause) : nil
    case .waitingQuietHours:
      return willExpire ? "raise `expires`, or write `quiet_hours: ignore`" : nil
    case .waitingSilenced:
      return waiting.cause == Silence.pauseCause
        ? "`nudged campaign resume \(campaign)`" : "`nudged silence expire \(waiting.cause)`"
    case .waitingMuted: return muteAdvice
    default: return nil
    }
  }

  private func capAdvice(_ cap: String) -> Phrase {
    let campaigns = Set(checks.filter { $0.kind == .cap && !$0.passes }.flatMap(\.users)).sorted()
    let others = campaigns.isEmpty ? cap : campaigns.joined(by: "or")
    return "raise `expires`, or do not count \(others) in the cap"
  }

  /// What ends the mute, else how to limit it.
  private var muteAdvice: Phrase {
    let limit: Phrase = "limit the mute with `channels` or `campaigns`"
    let condition = checks.first { $0.kind == .mute && !$0.passes }?.condition
    return condition.map { "the mute holds while \($0.brief); or \(limit)" } ?? limit
  }
}
