public import Logging

/// What a log line may tell beside its sentence: the closed list, in the order in which lines show it.
///
/// None is for traits, addresses or bodies. The raw value is the key of the metadata.
public enum LogKey: String, Hashable, Sendable, CaseIterable {
  case path
  case port
  case ruleSet = "rule_set"
  case commit
  case campaign
  case step
  /// An id, never a trait.
  case subject
  case outcome
  case reason
  case decision
  case channel
  case delivery
  case attempt
  case answer
  case route
  case code
  case status
  case count
  case campaigns
  case events
  case rejected
  case decisions
  case sent
  case timers
  case deliveries
  case failures
  case bytes
  case version
  case signal
  case process
  case due
  case until
  case lag
  case duration
  case error

  /// Where each key stands on a line.
  static let places = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1.rawValue, $0) }
  )
}

/// The facts of one log line.
public typealias LogFacts = [LogKey: Logger.MetadataValue]

extension Logger {
  /// Logs what each event brings about.
  public func debug(
    _ message: @autoclosure () -> Logger.Message,
    _ facts: @autoclosure () -> LogFacts,
    file: String = #fileID,
    function: String = #function,
    line: UInt = #line
  ) {
    debug(
      message(),
      metadata: Logger.Metadata(facts()),
      file: file,
      function: function,
      line: line
    )
  }

  /// Logs a start, a stop or a reload.
  public func info(
    _ message: @autoclosure () -> Logger.Message,
    _ facts: @autoclosure () -> LogFacts,
    file: String = #fileID,
    function: String = #function,
    line: UInt = #line
  ) {
    info(message(), metadata: Logger.Metadata(facts()), file: file, function: function, line: line)
  }

  /// Logs what is handled, but degraded.
  public func warning(
    _ message: @autoclosure () -> Logger.Message,
    _ facts: @autoclosure () -> LogFacts,
    file: String = #fileID,
    function: String = #function,
    line: UInt = #line
  ) {
    warning(
      message(),
      metadata: Logger.Metadata(facts()),
      file: file,
      function: function,
      line: line
    )
  }

  /// Logs what a person must act upon.
  public func error(
    _ message: @autoclosure () -> Logger.Message,
    _ facts: @autoclosure () -> LogFacts,
    file: String = #fileID,
    function: String = #function,
    line: UInt = #line
  ) {
    error(
      message(),
      metadata: Logger.Metadata(facts()),
      file: file,
      function: function,
      line: line
    )
  }
}

extension Logger.Metadata {
  /// The facts under their keys' names.
  public init(_ facts: LogFacts) {
    self.init(uniqueKeysWithValues: facts.map { ($0.rawValue, $1) })
  }
}
