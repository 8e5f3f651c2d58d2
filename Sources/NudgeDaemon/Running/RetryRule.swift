import NudgeCore
import NudgeDelivery
import NudgeStore
import Synchronization

/// The engine that decides now, for those who are made before it.
///
/// A class, since the assembly tells it later; a mutex guards the one value.
final class CurrentEngine: Sendable {
  private let source = Mutex<(@Sendable () -> Engine)?>(nil)

  /// Lets this tell the engine from now on.
  func use(_ source: @escaping @Sendable () -> Engine) {
    self.source.withLock { $0 = source }
  }

  /// `nil` before anything decides.
  var value: Engine? { source.withLock { $0 }?() }
}

/// Holds retries through the quiet hours of their recipients, and ends those of recipients who have unsubscribed.
struct RetryRule: Sendable {
  let decider: CurrentEngine
  let store: Store

  /// Whether a delivery may be tried again; what goes to several together, or to nobody that we know, may.
  @Sendable func permit(_ delivery: Delivery, _ now: Timestamp) async -> RetryPermit {
    guard let engine = decider.value, let target = Target(delivery.payload) else { return .granted }
    do {
      guard let world = try store.world(around: target.recipient, for: engine, at: now) else {
        return .granted
      }
      let hold = engine.retryHold(
        to: target.recipient,
        of: target.step,
        in: target.campaign,
        on: delivery.channel,
        now: now,
        world: world
      )
      return RetryPermit(hold)
    } catch {
      // Better late than to somebody who has unsubscribed.
      return .held(until: now + Limits.retryLater)
    }
  }

  private struct Target {
    let recipient: SubjectID
    let campaign: String
    let step: String

    init?(_ payload: [UInt8]) {
      let data = JSONText(wellFormed: payload).value?["data"]
      guard let to = data?["to"], let kind = to["type"]?.text.flatMap(SubjectKind.init),
        let id = to["id"]?.text
      else { return nil }
      recipient = SubjectID(kind: kind, id: id)
      campaign = data?["campaign"]?.text ?? ""
      step = data?["step"]?.text ?? ""
    }
  }
}

extension RetryPermit {
  fileprivate init(_ hold: Engine.RetryHold) {
    switch hold {
    case .none: self = .granted
    case .quiet(let until): self = .held(until: until)
    case .unsubscribed: self = .cancelled(reason: "cancelled: the recipient has unsubscribed")
    }
  }
}
