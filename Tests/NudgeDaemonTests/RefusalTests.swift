import Logging
import NudgeCore
import NudgeTesting
import Synchronization
import Testing

@testable import NudgeDaemon

/// Keeps what is logged.
private final class Notebook: LogHandler, @unchecked Sendable {
  // Tests log from one task.
  var lines: [String] = []
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.debug

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    lines.append(([event.message.description] + facts).joined(separator: " "))
  }
}

@Suite struct `A log of refusals` {
  @Test func `tells of refused requests once a minute`() {
    let clock = ManualClock(now: Timestamp(millisecondsSinceEpoch: 1_773_057_600_000))
    let notebook = Notebook()
    let log = RefusalLog(clock: clock, logger: Logger(label: "test") { _ in notebook })
    for _ in 0..<500 { log.note(status: 401) }
    for _ in 0..<20 { log.note(status: 200) }
    #expect(notebook.lines == ["requests refused for their key count=1 status=401"])
    clock.advance(by: .seconds(60))
    log.note(status: 403)
    #expect(
      notebook.lines.dropFirst() == [
        "requests refused for their key count=499 status=401",
        "requests refused for their key count=1 status=403",
      ]
    )
  }
}
