/// What the daemon is doing: the difference of two pages of figures, ordered as people look for it.
public struct TopView: Hashable, Sendable {
  /// What one campaign does.
  public struct CampaignLine: Hashable, Sendable {
    /// The campaign's name.
    public let name: String
    /// How many are inside; `nil` before the first count.
    public let inside: Int?
    /// Decisions since the daemon began.
    public let decisions: Int
    /// Of these, those to send.
    public let sent: Int
    /// Decisions in a minute; `nil` on the first page.
    public let perMinute: Double?
  }

  /// What one channel does.
  public struct ChannelLine: Hashable, Sendable {
    /// The channel's name.
    public let name: String
    /// Deliveries that wait.
    public let waiting: Int
    /// How long the oldest has waited.
    public let oldestSeconds: Double
    /// Deliveries since the daemon began.
    public let delivered: Int
    /// Deliveries in a second; `nil` on the first page.
    public let perSecond: Double?
    /// Attempts that failed, since the daemon began.
    public let failed: Int
    /// Deliveries that were given up, and wait for somebody to say what becomes of them.
    public let dead: Int
    /// Whether nothing is sent any more.
    public let isDisabled: Bool
  }

  /// The version that runs.
  public let version: String
  /// Whether everything is up.
  public let isReady: Bool
  /// How the set begins that decides; empty before there is one.
  public let ruleSet: String
  /// Codes of what a person should look at.
  public let problems: [String]
  /// Events taken in a second; `nil` on the first page.
  public let eventsPerSecond: Double?
  /// Events taken since the daemon began.
  public let events: Int
  /// Messages rejected since then.
  public let rejected: Int
  /// Events that wait for the writer.
  public let waitingEvents: Int
  /// Decisions in a second; `nil` on the first page.
  public let decisionsPerSecond: Double?
  /// Timers that are due and not decided.
  public let timersDue: Int
  /// When the next one is due, in seconds since 1970; `nil` when none is set.
  public let nextDue: Double?
  /// The busiest first.
  public let campaigns: [CampaignLine]
  /// By name.
  public let channels: [ChannelLine]
  /// CPU time in a second; `nil` on the first page.
  public let cpu: Double?
  /// Memory in RAM.
  public let residentBytes: Int
  /// The database file and its log.
  public let databaseBytes: Int

  /// The view of a page, with rates where there is an earlier one of so many seconds ago.
  public init(_ page: MetricsPage, since earlier: MetricsPage? = nil, seconds: Double = 0) {
    let change = Change(page: page, earlier: seconds > 0 ? earlier : nil, seconds: seconds)
    version = page.values(of: "version", in: ["nudged_build_info"]).first ?? "?"
    isReady = page.value("nudged_ready") == 1
    let hash = page.values(of: "hash", in: ["nudged_rule_set_info"]).first ?? ""
    ruleSet = String(hash.prefix(12))
    problems = page.values(of: "problem", in: ["nudged_degraded"])
    eventsPerSecond = change.rate("nudged_events_total", ["result": "taken"])
    events = Int(page.sum("nudged_events_total", ["result": "taken"]))
    rejected = Int(page.sum("nudged_events_total", ["result": "rejected"]))
    waitingEvents = Int(page.value("nudged_ingest_waiting_events") ?? 0)
    decisionsPerSecond = change.rate("nudged_decisions_total")
    timersDue = Int(page.value("nudged_timers_due") ?? 0)
    nextDue = page.value("nudged_next_due_timestamp_seconds")
    campaigns = change.campaigns
    channels = change.channels
    cpu = change.rate("process_cpu_seconds_total")
    residentBytes = Int(page.value("process_resident_memory_bytes") ?? 0)
    let files = ["nudged_database_bytes", "nudged_wal_bytes"]
    databaseBytes = files.reduce(0) { $0 + Int(page.value($1) ?? 0) }
  }
}

/// Two pages, and the time between them.
private struct Change {
  let page: MetricsPage
  let earlier: MetricsPage?
  let seconds: Double

  /// What a counter grows by in a second; a daemon that has begun anew counts from zero.
  func rate(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    guard let earlier else { return nil }
    let (now, before) = (page.sum(name, labels), earlier.sum(name, labels))
    return (now < before ? now : now - before) / seconds
  }

  var campaigns: [TopView.CampaignLine] {
    let names = page.values(
      of: "campaign",
      in: ["nudged_decisions_total", "nudged_campaign_inside"]
    )
    return names.map(campaign).sorted { left, right in
      (left.perMinute ?? 0, left.decisions, right.name)
        > (right.perMinute ?? 0, right.decisions, left.name)
    }
  }

  private func campaign(_ name: String) -> TopView.CampaignLine {
    let label = ["campaign": name]
    return TopView.CampaignLine(
      name: name,
      inside: page.value("nudged_campaign_inside", label).map { Int($0) },
      decisions: Int(page.sum("nudged_decisions_total", label)),
      sent: Int(page.sum("nudged_decisions_total", ["campaign": name, "outcome": "sent"])),
      perMinute: rate("nudged_decisions_total", label).map { $0 * 60 }
    )
  }

  var channels: [TopView.ChannelLine] {
    page.values(
      of: "channel",
      in: ["nudged_deliveries_total", "nudged_outbox_depth", "nudged_channel_disabled"]
    ).map(channel)
  }

  private func channel(_ name: String) -> TopView.ChannelLine {
    let label = ["channel": name]
    let delivered = ["channel": name, "result": "delivered"]
    return TopView.ChannelLine(
      name: name,
      waiting: Int(page.sum("nudged_outbox_depth", label)),
      oldestSeconds: page.sum("nudged_outbox_oldest_age_seconds", label),
      delivered: Int(page.sum("nudged_deliveries_total", delivered)),
      perSecond: rate("nudged_deliveries_total", delivered),
      failed: Int(page.sum("nudged_deliveries_total", ["channel": name, "result": "retried"])),
      dead: Int(page.sum("nudged_outbox_dead", label)),
      isDisabled: page.value("nudged_channel_disabled", label) != nil
    )
  }
}
