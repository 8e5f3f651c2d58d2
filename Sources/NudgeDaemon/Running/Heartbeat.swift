import NudgeStore
import ServiceLifecycle

/// Tells the service manager that the writer writes: twice in each of its intervals, from the writer itself.
struct Heartbeat: Service {
  let interval: Duration
  let queue: IngestQueue
  let beat: @Sendable () async -> Void

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // Cancelled at the end.
        guard (try? await Task.sleep(for: interval / 2)) != nil else { return }
        queue.run(beat)
      }
    }
  }
}
