import NudgeCore
import NudgeStore
import NudgeWeb

extension ControlRoutes {
  /// Events in their order: `GET /v1/events?after=SEQUENCE&user=&account=&event=&type=&limit=`; without `after` the latest.
  func events(_ query: [String: String]) throws -> ControlAnswer {
    let after = query["after"].map { Int64($0) }
    if case .some(nil) = after {
      return .failure(400, code: "bad-request", message: "after: write the sequence of an event")
    }
    var question = EventQuestion()
    question.user = query["user"]
    question.account = query["account"]
    question.name = query["event"]
    question.kind = query["type"].flatMap(Event.Kind.init)
    if let kind = query["type"], question.kind == nil {
      let known = Event.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      return .failure(400, code: "bad-request", message: "type: \(kind) is none of \(known)")
    }
    let limit = max(0, min(query["limit"].flatMap { Int($0) } ?? 10, Limits.eventsTold))
    // Before they are read, so that none that comes meanwhile is passed over.
    let last = try assembly.store.lastEvent()
    let found = try assembly.store.events(after: after ?? nil, question, limit: limit)
    let isFull = found.count == limit && after != nil
    let next = isFull ? found.last?.sequence ?? last : max(last, found.last?.sequence ?? 0)
    return ControlAnswer(
      json: JSONValue.object([
        .init("timezone", timezone), .init("last", .whole(Int(next))),
        .init("events", .array(found.map(\.json))),
      ]).json.bytes
    )
  }
}
