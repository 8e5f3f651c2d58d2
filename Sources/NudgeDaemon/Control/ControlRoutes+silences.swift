import Logging
import NudgeCore
import NudgeStore
import NudgeWeb

/// What operators keep quiet: `/v1/silences`, and pauses of campaigns.
extension ControlRoutes {
  /// The silences that hold, pauses among them, the oldest first: `GET /v1/silences`.
  func silences() throws -> ControlAnswer {
    let silences = try assembly.store.silences(at: assembly.clock.now)
    return ControlAnswer(
      json: JSONValue.object([
        .init("timezone", timezone), .init("silences", .array(silences.map(\.json))),
      ]).json.bytes
    )
  }

  /// Adds a silence: `POST /v1/silences?campaign=&channel=&user=|account=&for=|until=&comment=&by=`.
  func addSilence(_ query: [String: String]) async throws -> ControlAnswer {
    let request = request(query)
    return try await act { now throws(SilenceRequest.Invalid) in
      .added(try request.silence(from: now))
    }
  }

  /// Ends a silence before its time: `POST /v1/silences/ID/expire`.
  func expireSilence(_ id: String, _ query: [String: String]) async throws -> ControlAnswer {
    let known = try assembly.store.silences(at: assembly.clock.now).filter { !$0.isPause }
    guard known.contains(where: { $0.id == id }) else {
      let all =
        known.isEmpty ? "none holds" : "there are: \(known.map(\.id).joined(separator: " "))"
      return .failure(404, code: "unknown-silence", message: "no silence is called \(id); \(all)")
    }
    return try await act { _ in .expired(id: id, by: query["by"] ?? "") }
  }

  /// Pauses a campaign until somebody resumes it: `POST /v1/campaigns/NAME/pause?comment=&by=`.
  func pause(_ name: String, _ query: [String: String]) async throws -> ControlAnswer {
    let request = request(query)
    if try paused(name) != nil {
      return .failure(409, code: "paused", message: "\(name) is paused already")
    }
    return try await act { now throws(SilenceRequest.Invalid) in
      .paused(try request.pause(of: name, from: now))
    }
  }

  /// Lets a paused campaign go on: `POST /v1/campaigns/NAME/resume`.
  func resume(_ name: String, _ query: [String: String]) async throws -> ControlAnswer {
    guard try paused(name) != nil else {
      _ = try request(query).known(name)
      return .failure(409, code: "not-paused", message: "\(name) is not paused")
    }
    return try await act { _ in .resumed(campaign: name, by: query["by"] ?? "") }
  }

  /// The pause of a campaign; `nil` when it is not paused.
  func paused(_ name: String) throws -> Silence? {
    try assembly.store.silences(at: assembly.clock.now).first { $0.isPause && $0.campaign == name }
  }

  private func request(_ query: [String: String]) -> SilenceRequest {
    let rules = assembly.loop.current.rules.set
    return SilenceRequest(
      query: query,
      rules: rules,
      zone: assembly.daemon.zones[rules.policy.timezone] ?? .utc
    )
  }

  private func act(
    _ make: @escaping @Sendable (Timestamp) throws(SilenceRequest.Invalid) -> SilenceAct
  ) async throws -> ControlAnswer {
    let act = try await assembly.loop.act(make)
    assembly.logger.info("operator's act", [.reason: "\(act.kind)"])
    guard case .object(let members) = act.detail else {
      preconditionFailure("what is kept of an act is an object")
    }
    let answer = JSONValue.object(members + [.init("timezone", timezone)])
    return ControlAnswer(json: answer.json.bytes)
  }
}
