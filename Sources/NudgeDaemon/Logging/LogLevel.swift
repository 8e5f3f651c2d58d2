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
  /// The logger of the daemon, on stderr.
  var logger: Logger {
    let style = LogStyle(choice: logFormat, environment: environment)
    let (level, clock) = (logLevel.logging, clock)
    return Logger(label: "nudged") { label in
      LineLogHandler(label: label, level: level, style: style, clock: clock)
    }
  }
}
