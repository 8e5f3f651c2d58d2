extension StepExplanation {
  /// What would have to change for it to go out, in one line; `nil` where nothing is amiss or nothing simple would.
  public var advice: String? {
    switch outlook {
    case .planned(let plan): plan.advice
    case .unplanned: nil
    case .over: decisions.last.flatMap { ReasonCode($0.reason).advice }
    }
  }
}

extension PlanExplanation {
  /// Whether what holds it back lasts until after its expiry.
  var willExpire: Bool { (waiting?.until ?? plannedAt) > expiresAt }

  fileprivate var advice: String? {
    guard let waiting else { return nil }
    switch waiting.code {
    case .waitingCap: return willExpire ? capAdvice(waiting.cause) : nil
    case .waitingQuietHours:
      return willExpire ? "raise `expires`, or write `quiet_hours: ignore`" : nil
    case .waitingSilenced:
      return waiting.cause == Silence.pauseCause
        ? "`nudged campaign resume`" : "`nudged silence expire \(waiting.cause)`"
    case .waitingMuted: return "limit the mute with `channels` or `campaigns`"
    default: return nil
    }
  }

  private func capAdvice(_ cap: String) -> String {
    let campaigns = Set(checks.filter { $0.kind == .cap && !$0.passes }.flatMap(\.users)).sorted()
    let others = campaigns.isEmpty ? cap : campaigns.joined(by: "or")
    return "raise `expires`, or do not count \(others) in the cap"
  }
}
