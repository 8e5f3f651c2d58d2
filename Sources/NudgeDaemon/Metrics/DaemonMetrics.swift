public import NudgeCore

/// What the daemon counts and shows; each method is one figure of the page `/metrics`.
///
/// No label names a subject.
public struct DaemonMetrics: Sendable {
  /// What became of a message that came in.
  public enum EventResult: String, Hashable, Sendable, CaseIterable {
    case taken
    /// Its id was known; it is kept once.
    case duplicate
    case rejected
  }

  /// What became of an attempt, or of a delivery that got none.
  public enum DeliveryResult: String, Hashable, Sendable, CaseIterable {
    case delivered
    /// It failed and will be tried again.
    case retried
    case expired
    case dead
    /// Its recipient has unsubscribed before it arrived.
    case cancelled
  }

  let standing: StandingMetrics
  private let registry: MetricsRegistry
  private let events: MetricFamily<CounterCell>
  private let ingestSeconds: HistogramCell
  private let decisions: MetricFamily<CounterCell>
  private let timersDecided: CounterCell
  private let timerLag: HistogramCell
  private let deliveries: MetricFamily<CounterCell>
  private let ruleSet: MetricFamily<GaugeCell>
  private let lastLoadOK: GaugeCell
  private let lastLoadTime: GaugeCell
  private let requests: MetricFamily<CounterCell>
  private let transactionSeconds: HistogramCell
  private let process: ProcessMetrics

  /// The daemon's figures among those of a registry, all at zero.
  public init(in registry: MetricsRegistry) {
    self.registry = registry
    events = registry.counter(
      "nudged_events",
      help: "Messages that came in.",
      labels: ["type", "result"]
    )
    ingestSeconds = registry.histogram(
      "nudged_ingest_duration_seconds",
      help: "From the head of an ingest request to its answer."
    ).cell()
    decisions = registry.counter(
      "nudged_decisions",
      help: "Decisions recorded.",
      labels: ["campaign", "outcome"]
    )
    timersDecided = registry.counter("nudged_timers_decided", help: "Timers decided.").cell()
    timerLag = registry.histogram(
      "nudged_timer_lag_seconds",
      help: "From when the first timer of a transaction was due to its decision.",
      bounds: DaemonMetrics.lagBounds
    ).cell()
    deliveries = registry.counter(
      "nudged_deliveries",
      help: "Attempts and ends of deliveries.",
      labels: ["channel", "result"]
    )
    ruleSet = registry.gauge(
      "nudged_rule_set_info",
      help: "The rule set that runs.",
      labels: ["hash"]
    )
    lastLoadOK = registry.gauge(
      "nudged_rules_last_load_ok",
      help: "Whether the last load of rules succeeded."
    ).cell()
    lastLoadTime = registry.gauge(
      "nudged_rules_last_load_timestamp_seconds",
      help: "When rules were last loaded."
    ).cell()
    requests = registry.counter(
      "nudged_http_requests",
      help: "Requests answered, by the first digit of the status.",
      labels: ["route", "status"]
    )
    transactionSeconds = registry.histogram(
      "nudged_transaction_duration_seconds",
      help: "One transaction: what was due, its events, what followed from them, the commit."
    ).cell()
    registry.gauge("nudged_build_info", help: "The version that runs.", labels: ["version"])
      .cell(NudgedVersion.text).set(1.0)
    standing = StandingMetrics(in: registry)
    process = ProcessMetrics(in: registry)
  }

  /// The page `/metrics`, with the figures of the process as they are now.
  public var text: String {
    process.refresh()
    return registry.text
  }

  /// Shows zero for what may be counted of these, so that the first count is seen as an increase.
  public func expect(campaigns: [String], channels: [String]) {
    for campaign in campaigns {
      for outcome in Decision.Outcome.allCases { decided(0, campaign: campaign, outcome: outcome) }
    }
    for channel in channels {
      for result in DeliveryResult.allCases { delivered(0, channel: channel, result: result) }
    }
    for result in EventResult.allCases {
      events(0, kind: result == .rejected ? nil : .track, result: result)
    }
  }

  /// Messages came in; their kind is `nil` when they were too broken to have one.
  public func events(_ count: Int = 1, kind: Event.Kind?, result: EventResult) {
    events.cell(kind?.rawValue ?? "unknown", result.rawValue).count(count)
  }

  /// An ingest request was answered.
  public func ingested(in duration: Duration) {
    ingestSeconds.record(duration)
  }

  /// Decisions were recorded.
  public func decided(_ count: Int = 1, campaign: String, outcome: Decision.Outcome) {
    decisions.cell(campaign, outcome.rawValue).count(count)
  }

  /// Timers were decided, the first of them so long after it was due.
  public func timersDecided(_ count: Int = 1, lag: Duration) {
    timersDecided.count(count)
    timerLag.record(max(lag, .zero))
  }

  /// A transaction was committed after so long.
  public func committed(in duration: Duration) {
    transactionSeconds.record(duration)
  }

  /// A request was answered.
  public func answered(route: String, status: Int) {
    requests.cell(route, "\(status / 100)xx").count()
  }

  /// Attempts, or deliveries without one, came to this.
  public func delivered(_ count: Int = 1, channel: String, result: DeliveryResult) {
    deliveries.cell(channel, result.rawValue).count(count)
  }

  /// This rule set runs.
  public func ruleSet(hash: String) {
    ruleSet.replace(with: [([hash], 1)])
  }

  /// A load of rules has succeeded or not.
  public func rulesLoaded(successfully isGood: Bool, at instant: Timestamp) {
    lastLoadOK.set(isGood ? 1.0 : 0.0)
    lastLoadTime.set(Double(instant.millisecondsSinceEpoch) / 1000)
  }

  /// From one tick of the scheduler to a day of catching up.
  private static let lagBounds: [Double] = [0.1, 0.5, 1, 2, 5, 15, 60, 300, 3600, 21_600, 86_400]
}
