import NudgeCore
import NudgeStore
import NudgeWeb

/// Prompts as they come: `GET /v1/users/ID/inbox/stream`.
extension ControlRoutes {
  func stream(_ call: RouteCall) async -> ControlStream {
    let subject = SubjectID.user(call.name)
    do {
      guard try assembly.store.memory(of: subject, rules: assembly.loop.current.rules) != nil else {
        throw UnknownSubject(subject: subject)
      }
    } catch let error as UnknownSubject {
      return .refused(.failure(404, code: "unknown-subject", message: error.description))
    } catch {
      return .refused(.failure(500, code: "failed", message: "\(error)"))
    }
    guard let seat = assembly.prompts.join(subject) else {
      return .refused(
        .failure(503, code: "too-many-streams", message: "too many read prompts; ask again later")
      )
    }
    let after = call.query["after"].flatMap { Int64($0) } ?? 0
    let reader = PromptReader(assembly: assembly, seat: seat, subject: subject, after: after)
    return .events { await reader.next() }
  }
}

/// Reads somebody's inbox for one client, whenever the bell rings; gives its place back when it goes.
///
/// An actor, since what the client knows changes from part to part.
private actor PromptReader {
  private let assembly: Assembly
  private let seat: PromptStreams.Seat
  private let subject: SubjectID
  private var telling: PromptTelling
  private var hasBegun = false

  init(assembly: Assembly, seat: PromptStreams.Seat, subject: SubjectID, after: Int64) {
    self.assembly = assembly
    self.seat = seat
    self.subject = subject
    self.telling = PromptTelling(after: after)
  }

  deinit {
    assembly.prompts.leave(seat)
  }

  /// The next part; `nil` at the end, or when the database cannot be read.
  func next() async -> String? {
    guard hasBegun else {
      hasBegun = true
      return "retry: 3000\n\n"
    }
    for await _ in seat.bell {
      return prompts.map { telling.events(for: $0) }
    }
    return nil
  }

  private var prompts: [StoredDelivery]? {
    try? assembly.store.prompts(
      for: subject,
      in: assembly.daemon.settings.inboxes,
      at: assembly.clock.now,
      limit: Limits.promptsTold
    )
  }
}

/// What one client has been told of an inbox, as server-sent events (HTML standard, section 9.2).
struct PromptTelling {
  private var last: Int64
  private var open: Set<String> = []

  /// A client that knows of everything up to this place.
  init(after last: Int64) {
    self.last = last
  }

  /// What the client does not know yet; a comment when that is nothing, so that a connection that is gone shows.
  mutating func events(for prompts: [StoredDelivery]) -> String {
    let new = prompts.filter { $0.sequence > last }
    let gone = open.subtracting(prompts.map(\.delivery.id)).sorted()
    open = Set(prompts.map(\.delivery.id))
    last = max(last, prompts.last?.sequence ?? last)
    let text =
      new.map { "id: \($0.sequence)\nevent: prompt\ndata: \($0.prompt.json.text)\n\n" }.joined()
      + gone.map { id in
        "event: gone\ndata: \(JSONValue.object([.init("id", .string(id))]).json.text)\n\n"
      }.joined()
    return text.isEmpty ? ": still here\n\n" : text
  }
}
