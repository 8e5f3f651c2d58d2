import NudgeCore
import NudgeStore
import NudgeWeb

extension ControlRoutes {
  /// How the clock stands: `GET /v1/clock`.
  func clock() throws -> ControlAnswer {
    try assembly.clockWatch.look()
    return clockAnswer(assembly.clockWatch.seen)
  }

  /// Believes the clock as it is: `POST /v1/clock/confirm`; answers what was held until then.
  func confirmClock(_ query: [String: String]) throws -> ControlAnswer {
    let held = try assembly.clockWatch.confirm()
    if held != .trusted {
      let detail = JSONValue.object([.init("by", .string(query["by"] ?? ""))]).json.text
      try assembly.store.note(act: "clock-confirmed", detail: detail, at: assembly.clock.now)
      assembly.queue.ring()
    }
    return clockAnswer(held)
  }

  private func clockAnswer(_ state: ClockState) -> ControlAnswer {
    let answer = JSONValue.object([
      .init("now", .string(assembly.clock.now.rfc3339)), .init("timezone", timezone),
      .init("clock", state.json),
    ])
    return ControlAnswer(json: answer.json.bytes)
  }
}
