import Logging
import NudgeCore
import NudgeStore
import NudgeWeb

extension ControlRoutes {
  /// Erases a person for good: `DELETE /v1/users/ID?by=`.
  func forget(_ subject: SubjectID, _ query: [String: String]) async throws -> ControlAnswer {
    do {
      let erasure = try await assembly.loop.erase(
        subject.id,
        newKey: ControlRoutes.randomBytes(32),
        by: query["by"] ?? ""
      )
      guard let erasure else { throw UnknownSubject(subject: subject) }
      assembly.logger.info("person erased")
      return ControlAnswer(json: json(of: erasure, subject).json.bytes)
    } catch Erasure.Busy.lineUnderWay {
      return .failure(
        503,
        code: "busy",
        message: "a line about \(subject) is being written; ask again"
      )
    } catch Erasure.Busy.logInUse {
      return .failure(
        503,
        code: "busy",
        message: "all rows are gone, but a reader holds on to the database's log; ask again"
      )
    }
  }

  private func json(of erasure: Erasure, _ subject: SubjectID) -> JSONValue {
    .object([
      .init("erased", .string(subject.description)),
      .init("events", .whole(erasure.events)),
      .init("decisions", .whole(erasure.decisions)),
      .init("deliveries", .whole(erasure.deliveries)),
      .init("rejected", .whole(erasure.rejected)),
      .init("files", .array(erasure.files.map(JSONValue.string))),
    ])
  }

  private static func randomBytes(_ count: Int) -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }
}
