import ServiceLifecycle
import Synchronization

/// Runs what was started beside the daemon, once the daemon listens.
struct CompanionService: Service {
  let assembly: Assembly
  let companion: @Sendable (Daemon.Companionship) async throws -> Void

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        await assembly.readiness.wait()
        try await companion(
          Daemon.Companionship(
            port: assembly.port.withLock { $0 } ?? 0,
            store: assembly.store,
            engine: assembly.loop.current
          )
        )
      }
    } catch is CancellationError {
      // The stop itself; to fail by it would make an orderly end look like an error.
    }
  }
}
