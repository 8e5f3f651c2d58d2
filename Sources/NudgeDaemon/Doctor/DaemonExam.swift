import NudgeClient
import NudgeCore

/// Asks the daemon how it is, if one runs.
struct DaemonExam {
  let path: String
  let zones: ZoneTable

  var findings: [Finding] {
    get async {
      do {
        let client = ControlClient(socketPath: path, deadline: Limits.lookDeadline)
        let answer = try await client.send(target: "/v1/status")
        let status = JSONText(wellFormed: answer.body).value ?? .null
        guard answer.status == 200 else { return [refusal(answer.status)] }
        return versions(status) + problems(status)
      } catch {
        return [
          .warning(
            "daemon",
            "none answers at \(path): \(error.text)",
            "start it: nudged run, or systemctl start nudged"
          )
        ]
      }
    }
  }

  private func refusal(_ status: Int) -> Finding {
    .bad("daemon", "it answers \(status) at \(path)", "look at its log: journalctl -u nudged")
  }

  /// Whether it runs with what is installed.
  private func versions(_ status: JSONValue) -> [Finding] {
    let version = status["version"]?.text ?? "?"
    var findings: [Finding] = []
    if version != NudgedVersion.text {
      let text = "version \(version) runs, \(NudgedVersion.text) is installed"
      findings.append(.warning("daemon", text, "restart it"))
    }
    if let running = status["time_zones"]?.text, running != zones.version {
      let text = "it decides with tzdata \(running); \(zones.version) is installed"
      findings.append(.warning("daemon", text, "restart it"))
    }
    if status["ready"] != .bool(true) {
      findings.append(.bad("daemon", "it is not ready", "look at its log: journalctl -u nudged"))
    }
    return findings.isEmpty ? [.good("daemon", "version \(version), ready")] : findings
  }

  private func problems(_ status: JSONValue) -> [Finding] {
    guard case .array(let problems) = status["problems"] else { return [] }
    return problems.map { problem in
      .bad("daemon", problem["text"]?.text ?? "?", problem["advice"]?.text ?? "nudged status")
    }
  }
}
