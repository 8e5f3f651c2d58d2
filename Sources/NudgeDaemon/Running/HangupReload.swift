import ServiceLifecycle
import UnixSignals

/// Reloads the rules at each SIGHUP, and is the first to hear of the end.
struct HangupReload: Service {
  let reload: @Sendable () async -> Void
  let onStop: @Sendable () -> Void

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    await withGracefulShutdownHandler {
      for await _ in signals.cancelOnGracefulShutdown() { await reload() }
    } onGracefulShutdown: {
      onStop()
    }
  }
}
