import ServiceLifecycle
import UnixSignals

/// Reloads the rules at each SIGHUP.
struct HangupReload: Service {
  let reload: @Sendable () async -> Void

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    for await _ in signals.cancelOnGracefulShutdown() { await reload() }
  }
}
