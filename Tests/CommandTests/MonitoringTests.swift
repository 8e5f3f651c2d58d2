import Foundation
import NudgeTesting
import RegexBuilder
import Testing

/// What `monitoring/` ships, tried with Prometheus's own tool (`make test` installs it).
@Suite struct MonitoringTests {
  private func promtool(_ arguments: String...) async throws -> Program.Outcome {
    try await Program.run(
      URL(filePath: "/usr/bin/env"),
      ["promtool"] + arguments,
      in: try TemporaryFolder(),
      environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"]
    )
  }

  @Test func `the alert rules are valid`() async throws {
    let path = Program.repository("monitoring/nudged.rules.yml")
    let outcome = try await promtool("check", "rules", path)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.notes)")
  }

  @Test func `the alerts fire when they must, and not before`() async throws {
    let path = Program.repository("monitoring/nudged.rules.test.yml")
    let outcome = try await promtool("test", "rules", path)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.notes)")
  }

  @Test func `each alert has a timeline that raises it`() throws {
    let names = try text("nudged.rules.yml").matches(of: /- alert: (\w+)/).map { String($0.1) }
    #expect(names.count > 10)
    let tests = try text("nudged.rules.test.yml")
    for name in names {
      #expect(
        tests.contains(
          Regex {
            "alertname: "
            name
            "\n        exp_alerts:"
          }
        ),
        "\(name)"
      )
    }
  }

  @Test(arguments: ["nudged.rules.yml", "nudged.dashboard.json"])
  func `every figure that is asked for exists`(file: String) throws {
    let page = try String(
      contentsOfFile: Program.repository("Tests/NudgeDaemonTests/Golden/metrics.txt"),
      encoding: .utf8
    )
    var known = Set(page.matches(of: #/# TYPE (\w+) /#).map { String($0.1) })
    known.formUnion(known.flatMap { ["\($0)_bucket", "\($0)_count", "\($0)_sum"] })
    // Those of every process are not in the golden page, whose values would change.
    known.formUnion([
      "process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds",
    ])
    let asked = Set(
      try text(file).matches(of: /\b((?:nudged|process)_\w+)\s*(?:\{|\[|\)|>|<|==|")/).map {
        String($0.1)
      }
    )
    #expect(asked.count > 5)
    #expect(asked.subtracting(known).sorted() == [])
  }

  @Test func `the dashboard is one, each panel with a query and a place of its own`() throws {
    let value = try JSONSerialization.jsonObject(with: Data(try text("nudged.dashboard.json").utf8))
    let dashboard = try #require(value as? [String: Any])
    let panels = try #require(dashboard["panels"] as? [[String: Any]])
    #expect(panels.count > 15)
    #expect(Set(panels.compactMap { $0["id"] as? Int }).count == panels.count)
    for panel in panels {
      let targets = try #require(panel["targets"] as? [[String: Any]])
      #expect(!targets.isEmpty && targets.allSatisfy { ($0["expr"] as? String)?.isEmpty == false })
    }
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: Program.repository("monitoring/\(name)"), encoding: .utf8)
  }
}
