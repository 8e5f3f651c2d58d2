import NudgeCore
import NudgeStore

/// The figures that are counted in the database now and then, and shown as they were then.
struct StandingMetrics: Sendable {
  private let outboxDepth: MetricFamily<GaugeCell>
  private let outboxDead: MetricFamily<GaugeCell>
  private let outboxAge: MetricFamily<GaugeCell>
  private let prompts: MetricFamily<GaugeCell>
  private let disabled: MetricFamily<GaugeCell>
  private let timersDue: GaugeCell
  private let nextDue: MetricFamily<GaugeCell>
  private let databaseBytes: GaugeCell
  private let logBytes: GaugeCell
  private let diskFree: MetricFamily<GaugeCell>
  private let waitingEvents: GaugeCell
  private let ready: GaugeCell
  private let clockHeld: GaugeCell
  private let problems: MetricFamily<GaugeCell>
  private let people: MetricFamily<GaugeCell>
  private let accounts: MetricFamily<GaugeCell>
  private let inside: MetricFamily<GaugeCell>

  init(in registry: MetricsRegistry) {
    func family(_ name: String, _ labels: [String], _ help: String) -> MetricFamily<GaugeCell> {
      registry.gauge(name, help: help, labels: labels)
    }
    func cell(_ name: String, _ help: String) -> GaugeCell { family(name, [], help).cell() }
    outboxDepth = family(
      "nudged_outbox_depth",
      ["channel"],
      "Deliveries that wait or are in flight."
    )
    outboxDead = family("nudged_outbox_dead", ["channel"], "Deliveries that were given up.")
    outboxAge = family(
      "nudged_outbox_oldest_age_seconds",
      ["channel"],
      "Age of the oldest that waits."
    )
    prompts = family(
      "nudged_inbox_prompts",
      ["channel"],
      "Prompts that the product may still fetch."
    )
    disabled = family("nudged_channel_disabled", ["channel"], "Channels whose receiver is gone.")
    timersDue = cell("nudged_timers_due", "Timers due and not decided yet.")
    nextDue = family("nudged_next_due_timestamp_seconds", [], "When the next timer is due.")
    databaseBytes = cell("nudged_database_bytes", "The database file.")
    logBytes = cell("nudged_wal_bytes", "Its write-ahead log.")
    diskFree = family("nudged_disk_free_bytes", [], "What is left on the disk of the database.")
    waitingEvents = cell("nudged_ingest_waiting_events", "Events that wait for the writer.")
    ready = cell("nudged_ready", "Whether the daemon is up: from ready until it stops.")
    clockHeld = cell(
      "nudged_clock_held",
      "Whether the time of day is not believed: it leapt ahead, or is before the newest event."
    )
    problems = family("nudged_degraded", ["problem"], "What a person should look at.")
    people = family("nudged_people", ["model", "pace"], "People by model and pace.")
    accounts = family("nudged_accounts", ["model", "pace"], "Accounts by model and pace.")
    inside = family("nudged_campaign_inside", ["campaign"], "How many are inside a campaign.")
  }

  /// Outboxes, timers and files stand so; what waits in one of these inboxes is nobody's delay.
  func show(_ gauges: Gauges, inboxes: [String] = []) {
    show(gauges.outboxes.filter { !inboxes.contains($0.channel) })
    prompts.replace(
      with: gauges.outboxes.filter { inboxes.contains($0.channel) }
        .map { ([$0.channel], Double($0.waiting)) }
    )
    disabled.replace(with: gauges.disabledChannels.map { ([$0], 1) })
    timersDue.set(Int64(gauges.timersDue))
    nextDue.replace(
      with: gauges.nextDue.map { [([], Double($0.millisecondsSinceEpoch) / 1000)] } ?? []
    )
    databaseBytes.set(Int64(gauges.databaseBytes))
    logBytes.set(Int64(gauges.logBytes))
  }

  private func show(_ outboxes: [Overview.Outbox]) {
    outboxDepth.replace(with: outboxes.map { ([$0.channel], Double($0.waiting)) })
    outboxDead.replace(with: outboxes.map { ([$0.channel], Double($0.dead)) })
    outboxAge.replace(
      with: outboxes.map { ([$0.channel], Double($0.oldestMilliseconds) / 1000) }
    )
  }

  /// The daemon itself stands so.
  func show(isReady: Bool, isClockHeld: Bool, waitingEvents count: Int, problems found: [Problem]) {
    clockHeld.set(isClockHeld ? 1.0 : 0.0)
    ready.set(isReady ? 1.0 : 0.0)
    waitingEvents.set(Int64(count))
    let codes = Set(found.map(\.code)).sorted()
    problems.replace(with: codes.map { ([$0], 1) })
  }

  /// So much room is left; `nil`: nobody knows.
  func show(freeBytes: Int?) {
    diskFree.replace(with: freeBytes.map { [([], Double($0))] } ?? [])
  }

  /// These are all people and accounts.
  func show(_ census: Census) {
    people.replace(with: census.people.map { ([$0.model, $0.pace], Double($1)) })
    accounts.replace(with: census.accounts.map { ([$0.model, $0.pace], Double($1)) })
    inside.replace(with: census.inside.map { ([$0], Double($1)) })
  }
}
