import Logging

/// The least that is logged.
public enum LogLevel: String, Hashable, Sendable, CaseIterable {
  /// Each event and each delivery.
  case debug
  /// Starts, stops, reloads.
  case info
  /// Handled, but degraded.
  case warning
  /// A person must act.
  case error

  var logging: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }
}

extension Daemon.Options {
  /// The logger of the daemon: to the journal with all fields where it reads, else on stderr.
  var logger: Logger {
    let style = LogStyle(choice: logFormat, environment: environment)
    let (level, clock) = (logLevel.logging, clock)
    let journal = style.format == .journal ? JournalSocket() : nil
    return Logger(label: "nudged") { label in
      let lines = LineLogHandler(label: label, level: level, style: style, clock: clock)
      guard let journal else { return lines }
      return JournalLogHandler(socket: journal, otherwise: lines)
    }
  }
}
