import Logging
import NudgeCore
import NudgeDelivery
import NudgeStore
import ServiceLifecycle
import Synchronization

/// Hands operational alerts to the channel that the settings name for them; without one it does nothing.
///
/// A class, since the dispatcher and the reporter tell it what happens; a mutex guards the watch.
final class AlertService: Service {
  private let channel: String?
  /// The forms of now.
  private let messages: @Sendable () -> any MessageRenderer
  private let clock: any WallClock
  private let store: Store
  private let logger: Logger
  private let watch: Mutex<AlertWatch>
  private let alerts: AsyncStream<Alert>
  private let raised: AsyncStream<Alert>.Continuation
  /// Is called when an alert is committed.
  private let onKept = Mutex<@Sendable () -> Void>({})

  init(
    channel: String?,
    messages: @escaping @Sendable () -> any MessageRenderer,
    clock: any WallClock,
    store: Store,
    logger: Logger
  ) {
    self.channel = channel
    self.messages = messages
    self.clock = clock
    self.store = store
    self.logger = logger
    watch = Mutex(AlertWatch(own: channel ?? ""))
    (alerts, raised) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Limits.alerts))
  }

  /// Whether anybody is told.
  var isUsed: Bool { channel != nil }

  /// Lets this be called when an alert waits in the outbox.
  func whenKept(_ act: @escaping @Sendable () -> Void) {
    onKept.withLock { $0 = act }
  }

  /// Takes in what the dispatcher reports.
  func note(_ report: DispatchReport) {
    guard channel != nil else { return }
    if let alert = watch.withLock({ $0.note(report, now: clock.now) }) { raised.yield(alert) }
  }

  /// Looks at how the outboxes stand.
  func look(at outboxes: [Overview.Outbox]) {
    guard channel != nil else { return }
    let standing = outboxes.map { (channel: $0.channel, waiting: $0.waiting, dead: $0.dead) }
    for alert in watch.withLock({ $0.look(at: standing, now: clock.now) }) { raised.yield(alert) }
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      for await alert in self.alerts { await self.keep(alert) }
    }
  }

  private func keep(_ alert: Alert) async {
    guard let channel else { return }
    do {
      try await store.keep(alert.notice(on: channel, by: messages()))
      onKept.withLock { $0 }()
    } catch {
      logger.error("alert cannot be kept", [.channel: "\(alert.channel)", .error: "\(error)"])
    }
  }
}
