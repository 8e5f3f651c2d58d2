import Logging
import NudgeCore
import NudgeStore
import ServiceLifecycle
import Synchronization

/// How the time of day stands to what is stored, and to how long the machine has run.
struct ClockState: Hashable, Sendable {
  /// How far it has leapt ahead while that is held; `nil` while it is believed.
  let leap: Duration?
  /// How far it is before the newest stored event, if that is too far to send anything; `nil` while it is not.
  let lag: Duration?

  /// All is well.
  static let trusted = ClockState(leap: nil, lag: nil)

  var json: JSONValue {
    func seconds(_ duration: Duration?) -> JSONValue {
      duration.map { .whole(Int($0.components.seconds)) } ?? .null
    }
    return .object([.init("held_seconds", seconds(leap)), .init("behind_seconds", seconds(lag))])
  }

  /// What is the case, in a few words; `nil` when all is well.
  var text: String? {
    if let leap { return "clock held: it leapt by \(leap.components.seconds) s" }
    return lag.map {
      "clock is \($0.components.seconds) s before the newest event: nothing is sent"
    }
  }
}

/// Looks at the clock again and again; while it stands before what is stored nothing is sent, and all is taken in.
///
/// A class, since health and the command `clock confirm` reach into it; a mutex guards what is small.
final class ClockWatch: Service {
  fileprivate struct State {
    var seen = ClockState.trusted
    /// How far before the newest event somebody has said that the clock may be; it shrinks as the clock catches up.
    var allowedLag = Duration.zero
  }

  private let clock: any WallClock
  private let store: Store
  private let outbox: OutboxService
  private let logger: Logger
  private let state = Mutex(State())

  init(clock: any WallClock, store: Store, outbox: OutboxService, logger: Logger) {
    self.clock = clock
    self.store = store
    self.outbox = outbox
    self.logger = logger
  }

  /// How the clock stood when it was last looked at.
  var seen: ClockState { state.withLock { $0.seen } }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do { try self.look() } catch {
          self.logger.warning("the clock cannot be compared", [.error: "\(error)"])
        }
        // Cancelled at the end.
        try? await Pulse.next(every: Limits.betweenLooksAtClock)
      }
    }
  }

  /// Looks once, and holds or frees the outboxes.
  func look() throws {
    let lag = try store.logicalNow() - clock.now
    let leap = (clock as? GuardedClock)?.leap
    let (before, now) = state.withLock { state in
      let before = state.seen
      state.note(leap: leap, lag: lag)
      return (before, state.seen)
    }
    outbox.hold(now.lag != nil)
    tell(before, now)
    // Decided or spread by a clock that was ahead, and has been set back.
    if now.lag == nil, try store.pull(at: clock.now) > 0 { outbox.wake() }
  }

  private func tell(_ before: ClockState, _ now: ClockState) {
    if (before.leap == nil) == (now.leap == nil), (before.lag == nil) == (now.lag == nil) { return }
    guard let text = now.text else { return logger.info("the clock is believed again") }
    logger.error(
      "the clock is not believed; if it is right: nudged clock confirm",
      [.reason: "\(text)"]
    )
  }

  /// Believes the clock as it is; tells what was held.
  func confirm() throws -> ClockState {
    try look()
    let held = seen
    _ = (clock as? GuardedClock)?.confirm()
    if let lag = held.lag { state.withLock { $0.allowedLag = lag } }
    try look()
    return held
  }
}

extension ClockWatch.State {
  /// What is so at a look.
  ///
  /// What was confirmed is over once the clock has caught up: a second lag is held again.
  fileprivate mutating func note(leap: Duration?, lag: Duration) {
    allowedLag = lag > Limits.clockLag ? min(allowedLag, lag) : .zero
    seen = ClockState(leap: leap, lag: lag > allowedLag + Limits.clockLag ? lag : nil)
  }
}
