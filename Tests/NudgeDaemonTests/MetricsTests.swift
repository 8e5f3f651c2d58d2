import CoreMetrics
import NudgeStore
import NudgeTesting
import Testing

@testable import NudgeCore
@testable import NudgeDaemon

struct `The metrics page` {
  @Test func `reads so`() {
    let registry = MetricsRegistry()
    let metrics = DaemonMetrics(in: registry)
    metrics.events(3, kind: .track, result: .taken)
    metrics.events(kind: .identify, result: .duplicate)
    metrics.events(kind: nil, result: .rejected)
    metrics.ingested(in: .milliseconds(5))
    metrics.ingested(in: .milliseconds(300))
    metrics.ingested(in: .seconds(11))
    metrics.decided(2, campaign: "high-potential", outcome: .heldOut)
    metrics.decided(campaign: "say \"hi\"\\\n", outcome: .sent)
    metrics.timersDecided(3, lag: .milliseconds(250))
    metrics.timersDecided(lag: .milliseconds(-1))
    metrics.committed(in: .milliseconds(2))
    metrics.answered(route: "/v1/track", status: 204)
    metrics.expect(campaigns: ["new"], channels: ["sms"])
    metrics.delivered(channel: "email", result: .retried)
    metrics.standing.show(gauges(["gone": 1]))
    metrics.standing.show(gauges(["email": 4210, "cs-task": 0, "in-app": 5]), inboxes: ["in-app"])
    metrics.standing.show(freeBytes: 9_000_000)
    metrics.standing.show(
      isReady: true,
      isClockHeld: false,
      waitingEvents: 12,
      problems: [.channelDisabled("email"), .channelDisabled("cs-task"), .rulesRejected("x")]
    )
    metrics.ruleSet(hash: "old")
    metrics.ruleSet(hash: "9b3e")
    metrics.rulesLoaded(
      successfully: true,
      at: Timestamp(millisecondsSinceEpoch: 1_773_057_600_250)
    )
    metrics.standing.show(census)
    Golden.expect(registry.text, matches: "metrics.txt")
  }

  private func gauges(_ waiting: [String: Int]) -> Gauges {
    Gauges(
      outboxes: waiting.sorted { $0.key < $1.key }.map { channel, count in
        .init(
          channel: channel,
          waiting: count,
          dead: 2,
          oldestMilliseconds: count == 0 ? 0 : 1500
        )
      },
      disabledChannels: ["email"],
      timersDue: 37,
      nextDue: Timestamp(millisecondsSinceEpoch: 1_773_057_600_250),
      dueTogether: 0,
      databaseBytes: 20_480,
      logBytes: 4_152
    )
  }

  private var census: Census {
    var census = Census(inside: ["high-potential": 9])
    let row = SubjectRow(
      subject: .user("ana"),
      model: "activation",
      day: 2,
      health: nil,
      segment: nil,
      pace: "fast",
      missing: [],
      scores: [],
      owner: nil
    )
    census.add([row, row])
    return census
  }

  @Test func `shows the figures of this process`() throws {
    let text = DaemonMetrics(in: MetricsRegistry()).text
    for name in [
      "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
      "process_max_fds", "process_start_time_seconds",
    ] {
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
      #expect(try #require(line.split(separator: " ").last.flatMap { Double($0) }) > 0)
    }
  }

  @Test func `shows what libraries measure`() {
    let registry = MetricsRegistry()
    let requests = Counter(
      label: "http.requests",
      dimensions: [("2nd", "b"), ("path", "/v1")],
      factory: registry
    )
    requests.increment(by: 2)
    FloatingPointCounter(label: "work", factory: registry).increment(by: 0.5)
    Gauge(label: "queue", factory: registry).record(7)
    Meter(label: "pool", factory: registry).decrement(by: 1.5)
    CoreMetrics.Timer(label: "call", factory: registry).recordMilliseconds(3)
    let size = Recorder(label: "size", factory: registry)
    size.record(5)
    size.destroy()
    Golden.expect(registry.text, matches: "library-metrics.txt")
  }

  @Test func `counts exactly when many count at once`() async {
    let registry = MetricsRegistry()
    let metrics = DaemonMetrics(in: registry)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<1000 {
            metrics.decided(campaign: "c", outcome: .sent)
            metrics.ingested(in: .zero)
            registry.gauge("sum", help: "").cell().increment(by: 0.25)
          }
        }
      }
    }
    let lines = Set(registry.text.split(separator: "\n"))
    #expect(lines.contains(#"nudged_decisions_total{campaign="c",outcome="sent"} 8000"#))
    #expect(lines.contains("nudged_ingest_duration_seconds_count 8000"))
    #expect(lines.contains("sum 2000"))
  }

  @Test(arguments: [
    (0.0, "0"), (-3, "-3"), (0.25, "0.25"), (1e15, "1000000000000000"), (1e300, "1e+300"),
    (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
  ])
  func `writes numbers as Prometheus reads them`(value: Double, text: String) {
    #expect(MetricNumber.text(value) == text)
  }
}

struct `The figures of a process` {
  @Test func `are found behind a name with brackets`() throws {
    let line =
      "42 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 250 150 0 0 20 0 9 0 12300 1000000 512 18446744073709551615"
    let figures = try #require(
      ProcessFigures(stat: line, ticksPerSecond: 100, bytesPerPage: 4096)
    )
    #expect(figures.cpuSeconds == 4)
    #expect(figures.secondsFromBoot == 123)
    #expect(figures.virtualBytes == 1_000_000)
    #expect(figures.residentBytes == 512 * 4096)
  }

  @Test(arguments: ["", "42 (short) S 1 2", "no brackets"])
  func `are none in other text`(line: String) {
    #expect(ProcessFigures(stat: line, ticksPerSecond: 100, bytesPerPage: 4096) == nil)
  }
}
