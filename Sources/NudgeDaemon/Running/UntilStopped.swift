import ServiceLifecycle

/// Works until the daemon stops; that the stop cancels the work is no failure.
func untilStopped(_ work: @escaping @Sendable () async throws -> Void) async throws {
  do {
    try await cancelWhenGracefulShutdown(work)
  } catch is CancellationError {
    // The stop itself: a service that throws it would make an orderly end exit 1.
  }
}
