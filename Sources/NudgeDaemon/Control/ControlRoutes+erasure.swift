import NudgeCore
import NudgeStore
import NudgeWeb

extension ControlRoutes {
  func forget(_ subject: SubjectID, _ query: [String: String]) async throws -> ControlAnswer {
    .failure(503, code: "unsupported", message: "erasing is not there yet")
  }
}
