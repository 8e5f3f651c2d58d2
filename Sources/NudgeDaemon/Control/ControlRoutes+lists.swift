import Dispatch
import NudgeCore
import NudgeRules
import NudgeStore
import NudgeWeb

extension ControlRoutes {
  /// A page of a list: `GET /v1/users?where=…&model=…&after=PLACE&limit=…`, and the same of accounts.
  func list(_ kind: SubjectKind, _ query: [String: String]) async -> ControlAnswer {
    let (assembly, now) = (assembly, assembly.clock.now)
    do {
      let page = try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "nudged.list", qos: .utility).async {
          continuation.resume(
            with: Result {
              try SubjectListing(
                database: assembly.store.path,
                kind: kind,
                model: query["model"],
                where: query["where"],
                settings: assembly.daemon.configuration.decidingSettings,
                zones: assembly.daemon.zones,
                now: now
              ).page(
                after: query["after"].flatMap { Int64($0) } ?? 0,
                limit: query["limit"].flatMap { Int($0) } ?? RouteLimits.subjectsPerPage
              )
            }
          )
        }
      }
      return ControlAnswer(json: page.json.json.bytes)
    } catch let question as SubjectListing.BadQuestion {
      let value = JSONValue.object([
        .init("code", .string("bad-question")), .init("message", .string(question.text)),
      ])
      return ControlAnswer(status: 400, json: value.json.bytes)
    } catch {
      return .failure(500, code: "failed", message: "\(error)")
    }
  }
}
