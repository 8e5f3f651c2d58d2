extension ServiceManager {
  /// Does something that may take long, and asks for more time while it goes on: a migration, what became due in a long
  /// absence, facts of the past that new rules need.
  func extending<Value>(_ body: () async throws -> Value) async throws -> Value {
    async let _ = askForTime()
    return try await body()
  }

  /// Ends with what it is asked for, or when that is not to be believed any more.
  private func askForTime() async {
    for _ in 0..<Limits.extensions {
      guard extendTimeout(by: Limits.timeExtension) else { return }
      // Cancelled at the end of what goes on.
      guard (try? await Task.sleep(for: Limits.timeExtension / 3)) != nil else { return }
    }
  }
}
