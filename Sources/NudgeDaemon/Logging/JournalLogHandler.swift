public import Logging
import NudgeCore

/// Writes log events to the journal with all their fields; what it does not take goes to stderr, a line each.
public struct JournalLogHandler: LogHandler {
  private let socket: JournalSocket
  private var lines: LineLogHandler

  /// A handler that writes to a socket, and otherwise by another one.
  public init(socket: JournalSocket, otherwise lines: LineLogHandler) {
    self.socket = socket
    self.lines = lines
  }

  /// The least that is written.
  public var logLevel: Logger.Level {
    get { lines.logLevel }
    set { lines.logLevel = newValue }
  }

  /// What every entry of the logger tells.
  public var metadata: Logger.Metadata {
    get { lines.metadata }
    set { lines.metadata = newValue }
  }

  /// What every entry of the current task tells.
  public var metadataProvider: Logger.MetadataProvider? {
    get { lines.metadataProvider }
    set { lines.metadataProvider = newValue }
  }

  /// One of the facts that every entry tells.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { lines[metadataKey: key] }
    set { lines[metadataKey: key] = newValue }
  }

  /// Writes the entry of an event.
  public func log(event: LogEvent) {
    let entry = JournalEntry(
      level: event.level,
      sentence: event.message.description,
      facts: lines.facts(of: event),
      source: LogSource(file: event.file, function: event.function, line: event.line)
    )
    if !socket.send(entry.bytes) { lines.log(event: event) }
  }
}
