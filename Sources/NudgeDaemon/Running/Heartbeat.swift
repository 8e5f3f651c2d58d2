import NudgeStore
import ServiceLifecycle

/// Tells the service manager that the writer writes, from the writer itself.
struct Heartbeat: Service {
  /// Half of what the manager waits for.
  let interval: Duration
  let queue: IngestQueue
  let beat: @Sendable () async -> Void

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // Cancelled at the end.
        guard (try? await Pulse.next(every: interval)) != nil else { return }
        queue.beat(beat)
      }
    }
  }
}
