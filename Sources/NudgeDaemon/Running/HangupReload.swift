import ServiceLifecycle
import UnixSignals

/// Reloads the rules at each SIGHUP, and at the start if they are still to take over; is the first to hear of the end.
struct HangupReload: Service {
  let reload: @Sendable () async -> Void
  let onStop: @Sendable () -> Void
  /// `nil` when what is to decide decides already.
  let atStart: (@Sendable () async -> Void)?

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    await withGracefulShutdownHandler {
      await atStart?()
      for await _ in signals.cancelOnGracefulShutdown() { await reload() }
    } onGracefulShutdown: {
      onStop()
    }
  }
}
