public import NudgeCore

/// What a server serves: the parts of the daemon that answer.
public struct WebService: Sendable {
  /// A state of health: whether all is well enough, and a JSON object that tells more.
  public struct Health: Hashable, Sendable {
    /// 200 or 503.
    public let isGood: Bool
    /// One JSON object that says what is degraded.
    public let json: [UInt8]

    /// A state with what tells more.
    public init(isGood: Bool, json: [UInt8]) {
      self.isGood = isGood
      self.json = json
    }
  }

  /// What a server tells of each request that it has answered.
  public struct Report: Hashable, Sendable {
    /// Names no subject: an ingest path, `control`, `healthz`, `readyz`, `metrics`, `openapi`, `preflight`, `refused` or
    /// `none`.
    public let route: String
    /// The HTTP status.
    public let status: Int
    /// From head to answer.
    public let duration: Duration
    /// Events of the body, taken or not as the status says.
    public let events: Int
    /// Messages of the body that were rejected.
    public let rejected: Int
  }

  let sink: any IngestSink
  let control: any ControlHandler
  let clock: @Sendable () -> Timestamp
  let makeID: @Sendable () -> String
  let health: @Sendable () async -> Health
  let readiness: @Sendable () async -> Health
  let metrics: @Sendable () async -> String
  let report: @Sendable (Report) -> Void

  /// A service of these parts.
  ///
  /// - Parameters:
  ///   - sink: Takes events.
  ///   - control: Answers what reads and changes the daemon.
  ///   - clock: Tells when a request arrives.
  ///   - makeID: Makes the id of a message that brings none.
  ///   - health: Answers `/healthz`.
  ///   - readiness: Answers `/readyz`.
  ///   - metrics: Answers `/metrics`, in Prometheus's text format.
  ///   - report: Is told of every answer.
  public init(
    sink: any IngestSink,
    control: any ControlHandler,
    clock: @escaping @Sendable () -> Timestamp,
    makeID: @escaping @Sendable () -> String,
    health: @escaping @Sendable () async -> Health,
    readiness: @escaping @Sendable () async -> Health,
    metrics: @escaping @Sendable () async -> String,
    report: @escaping @Sendable (Report) -> Void = { _ in }
  ) {
    self.sink = sink
    self.control = control
    self.clock = clock
    self.makeID = makeID
    self.health = health
    self.readiness = readiness
    self.metrics = metrics
    self.report = report
  }
}
