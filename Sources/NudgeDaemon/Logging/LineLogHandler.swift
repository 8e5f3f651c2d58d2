import Glibc
public import Logging
public import NudgeCore

/// Writes one line for each log event, in one write(2), so that lines of several threads do not mix.
public struct LineLogHandler: LogHandler {
  /// The least that is written.
  public var logLevel: Logger.Level
  /// What every line of the logger tells.
  public var metadata: Logger.Metadata = [:]
  /// What every line of the current task tells.
  public var metadataProvider: Logger.MetadataProvider?

  private let label: String
  private let style: LogStyle
  private let clock: any WallClock
  private let descriptor: Int32

  /// A handler for the logger of a label.
  ///
  /// - Parameters:
  ///   - label: The logger's.
  ///   - level: The least that is written.
  ///   - style: How.
  ///   - clock: Tells the time of each line.
  ///   - descriptor: Where to, standard error as a rule; it stays open and the caller's.
  public init(
    label: String,
    level: Logger.Level = .info,
    style: LogStyle,
    clock: any WallClock,
    descriptor: Int32 = 2
  ) {
    self.label = label
    self.logLevel = level
    self.style = style
    self.clock = clock
    self.descriptor = descriptor
  }

  /// One of the facts that every line tells.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes the line of an event.
  public func log(event: LogEvent) {
    let line = LogLine(
      time: clock.now,
      level: event.level,
      logger: label,
      message: event.message.description,
      facts: facts(of: event)
    )
    write(Array(line.text(in: style).utf8))
  }

  /// What is said of this event beats what holds for the logger, which beats what holds for the task.
  func facts(of event: LogEvent) -> Logger.Metadata {
    var facts = metadataProvider?.get() ?? [:]
    facts.merge(metadata) { $1 }
    if let error = event.error { facts[LogKey.error.rawValue] = "\(error)" }
    facts.merge(event.metadata ?? [:]) { $1 }
    return facts
  }

  /// Writes all of it, as a rule at once; what cannot be written has nowhere else to go.
  private func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
