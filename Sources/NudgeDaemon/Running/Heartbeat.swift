import NudgeStore
import ServiceLifecycle

/// Tells the service manager that the writer writes: twice in each of its intervals, from the writer itself.
struct Heartbeat: Service {
  let interval: Duration
  let queue: IngestQueue
  let beat: @Sendable () async -> Void

  func run() async throws {
    try await untilStopped {
      while true {
        try await Task.sleep(for: interval / 2)
        queue.run(beat)
      }
    }
  }
}
