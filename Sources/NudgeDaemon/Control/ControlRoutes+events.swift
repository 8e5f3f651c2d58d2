import NudgeCore
import NudgeStore
import NudgeWeb

extension ControlRoutes {
  /// Events in their order: `GET /v1/events?after=SEQUENCE&user=&account=&event=&type=&limit=`; without `after` the latest.
  func events(_ query: [String: String]) throws -> ControlAnswer {
    let after = query["after"].flatMap { Int64($0) }
    var question = EventQuestion()
    question.user = query["user"]
    question.account = query["account"]
    question.name = query["event"]
    question.kind = query["type"].flatMap(Event.Kind.init)
    let limit = query["limit"].flatMap { Int($0) } ?? 10
    // Before they are read, so that none that comes meanwhile is passed over.
    let last = try assembly.store.lastEvent()
    let found = try assembly.store.events(after: after, question, limit: limit)
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
