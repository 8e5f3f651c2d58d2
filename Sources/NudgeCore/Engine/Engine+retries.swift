extension Engine {
  /// Whether a message that was sent and did not arrive may be tried again now.
  public enum RetryHold: Hashable, Sendable {
    case none
    /// It is quiet where the recipient is, until this instant.
    case quiet(until: Timestamp)
    /// The recipient has unsubscribed since.
    case unsubscribed
  }

  /// What stands against trying a message of a step again, in a world with its recipient (`delivery.md`, schedule).
  ///
  /// Nothing stands against what goes to ourselves, or to somebody of whom nothing is known.
  public func retryHold(
    to recipient: SubjectID,
    of step: String,
    in campaign: String,
    on channel: String,
    now: Timestamp,
    world: World
  ) -> RetryHold {
    let policy = rules.set.policy
    let channel = policy.channels[channel] ?? .builtIn(channel)
    guard channel.kind == .message, let memory = world.memories[recipient] else { return .none }
    let visit = Visit(engine: self, world: world, memory: memory, now: now, trigger: nil)
    let found = rules.set.campaigns.first { $0.name == campaign }
    let view = found.map(visit.lens(in:)) ?? visit.lens
    if view.evaluate(policy.unsubscribedWhen).holds { return .unsubscribed }
    let ignores = found?.steps.first { $0.name == step }?.ignoresQuietHours ?? false
    guard !channel.ignoresQuietHours, !ignores,
      let end = policy.quietHours?.end(ifQuietAt: now, in: view.zone)
    else { return .none }
    return .quiet(until: end)
  }
}
