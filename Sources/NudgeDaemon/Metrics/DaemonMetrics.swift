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

  /// How one outbox stands.
  public struct OutboxState: Hashable, Sendable {
    let channel: String
    /// Deliveries that wait or are in flight.
    let depth: Int
    /// Since the oldest of them was decided; zero when none waits.
    let oldestAge: Duration

    /// The state of the outbox of a channel.
    public init(channel: String, depth: Int, oldestAge: Duration) {
      self.channel = channel
      self.depth = depth
      self.oldestAge = oldestAge
    }
  }

  /// How many people of one model keep one pace.
  public struct PaceCount: Hashable, Sendable {
    let model: String
    let pace: String
    let people: Int

    /// A number of people.
    public init(model: String, pace: String, people: Int) {
      self.model = model
      self.pace = pace
      self.people = people
    }
  }

  private let registry: MetricsRegistry
  private let events: MetricFamily<CounterCell>
  private let ingestSeconds: HistogramCell
  private let decisions: MetricFamily<CounterCell>
  private let timersDecided: CounterCell
  private let timersDue: GaugeCell
  private let timerLag: HistogramCell
  private let deliveries: MetricFamily<CounterCell>
  private let outboxDepth: MetricFamily<GaugeCell>
  private let outboxAge: MetricFamily<GaugeCell>
  private let ruleSet: MetricFamily<GaugeCell>
  private let lastLoadOK: GaugeCell
  private let lastLoadTime: GaugeCell
  private let databaseBytes: GaugeCell
  private let logBytes: GaugeCell
  private let people: MetricFamily<GaugeCell>
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
    timersDue = registry.gauge("nudged_timers_due", help: "Timers due and not decided yet.").cell()
    timerLag = registry.histogram(
      "nudged_timer_lag_seconds",
      help: "From when a timer was due to its decision.",
      bounds: DaemonMetrics.lagBounds
    ).cell()
    deliveries = registry.counter(
      "nudged_deliveries",
      help: "Attempts and ends of deliveries.",
      labels: ["channel", "result"]
    )
    outboxDepth = registry.gauge(
      "nudged_outbox_depth",
      help: "Deliveries that wait or are in flight.",
      labels: ["channel"]
    )
    outboxAge = registry.gauge(
      "nudged_outbox_oldest_age_seconds",
      help: "Age of the oldest of them.",
      labels: ["channel"]
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
    databaseBytes = registry.gauge("nudged_database_bytes", help: "The database file.").cell()
    logBytes = registry.gauge("nudged_wal_bytes", help: "Its write-ahead log.").cell()
    people = registry.gauge(
      "nudged_people",
      help: "People by model and pace.",
      labels: ["model", "pace"]
    )
    process = ProcessMetrics(in: registry)
  }

  /// The page `/metrics`, with the figures of the process as they are now.
  public var text: String {
    process.refresh()
    return registry.text
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

  /// A timer was decided so long after it was due.
  public func timerDecided(lag: Duration) {
    timersDecided.count()
    timerLag.record(max(lag, .zero))
  }

  /// So many timers are due and not decided yet.
  public func timersDue(_ count: Int) {
    timersDue.set(Int64(count))
  }

  /// Attempts, or deliveries without one, came to this.
  public func delivered(_ count: Int = 1, channel: String, result: DeliveryResult) {
    deliveries.cell(channel, result.rawValue).count(count)
  }

  /// These are all outboxes.
  public func outboxes(_ states: [OutboxState]) {
    outboxDepth.replace(with: states.map { ([$0.channel], Double($0.depth)) })
    outboxAge.replace(with: states.map { ([$0.channel], $0.oldestAge / .seconds(1)) })
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

  /// The database and its write-ahead log are this large.
  public func database(bytes: Int, logBytes: Int) {
    databaseBytes.set(Int64(bytes))
    self.logBytes.set(Int64(logBytes))
  }

  /// These are all people with a pace.
  public func people(_ counts: [PaceCount]) {
    people.replace(with: counts.map { ([$0.model, $0.pace], Double($0.people)) })
  }

  /// From one tick of the scheduler to a day of catching up.
  private static let lagBounds: [Double] = [0.1, 0.5, 1, 2, 5, 15, 60, 300, 3600, 21_600, 86_400]
}
