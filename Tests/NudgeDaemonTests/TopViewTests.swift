import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeDaemon

struct `What top shows` {
  private static func page(events: Int, sent: Int, delivered: Int) -> MetricsPage {
    MetricsPage(
      """
      # HELP nudged_build_info The version that runs.
      # TYPE nudged_build_info gauge
      nudged_build_info{version="0.1.0"} 1
      nudged_ready 1
      nudged_rule_set_info{hash="90127c6d4fc926537a53"} 1
      nudged_events_total{type="track",result="taken"} \(events)
      nudged_events_total{type="unknown",result="rejected"} 2
      nudged_decisions_total{campaign="busy",outcome="sent"} \(sent)
      nudged_decisions_total{campaign="busy",outcome="skipped"} 5
      nudged_decisions_total{campaign="old",outcome="sent"} 900
      nudged_campaign_inside{campaign="busy"} 7
      nudged_deliveries_total{channel="email",result="delivered"} \(delivered)
      nudged_deliveries_total{channel="email",result="retried"} 3
      nudged_outbox_depth{channel="email"} 12
      nudged_outbox_dead{channel="email"} 1
      nudged_outbox_oldest_age_seconds{channel="email"} 61.5
      nudged_channel_disabled{channel="cs-task"} 1
      nudged_degraded{problem="channel-disabled"} 1
      nudged_timers_due 4
      nudged_next_due_timestamp_seconds 1773057600.25
      nudged_database_bytes 4096
      nudged_wal_bytes 1024

      """
    )
  }

  @Test func `are sums at first, and no rates`() {
    let view = TopView(Self.page(events: 10, sent: 4, delivered: 3))
    Golden.expect(view.json.json.text + "\n", matches: "top-first.json")
  }

  @Test func `are rates since the view before, the busiest campaign first`() {
    let view = TopView(
      Self.page(events: 30, sent: 6, delivered: 4),
      since: Self.page(events: 10, sent: 4, delivered: 3),
      seconds: 2
    )
    #expect(view.eventsPerSecond == 10)
    #expect(view.campaigns.map(\.name) == ["busy", "old"])
    #expect(view.campaigns.first?.perMinute == 60)
    #expect(view.channels.map(\.perSecond) == [0, 0.5])
  }

  @Test func `counts from zero where the daemon has begun anew`() {
    let view = TopView(
      Self.page(events: 6, sent: 0, delivered: 0),
      since: Self.page(events: 1000, sent: 0, delivered: 0),
      seconds: 2
    )
    #expect(view.eventsPerSecond == 3)
  }

  @Test func `is nothing of a page that is none`() {
    let view = TopView(MetricsPage("<html>\nnudged_ready{x=\"\n{} {}\n"))
    #expect(view.version == "?" && !view.isReady && view.campaigns.isEmpty && view.nextDue == nil)
  }

  @Test func `reads back what the registry writes`() {
    let registry = MetricsRegistry()
    let metrics = DaemonMetrics(in: registry)
    metrics.decided(2, campaign: "say \"hi\"\\\n, a=b", outcome: .sent)
    let page = MetricsPage(registry.text)
    #expect(page.sum("nudged_decisions_total", ["campaign": "say \"hi\"\\\n, a=b"]) == 2)
  }

  @Test(arguments: [(0, "0"), (0.5, "0.5"), (0.054, "0.05"), (12.999, "13"), (1.25, "1.25")])
  func `writes rates with two places at most`(value: Double, text: String) {
    #expect(TopView.rounded(value) == text)
  }
}
