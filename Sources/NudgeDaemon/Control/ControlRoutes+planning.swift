import Dispatch
import NudgeCore
import NudgeRules
import NudgeStore
import NudgeWeb

/// Trying rules before they are loaded, and loading exactly what was tried.
extension ControlRoutes {
  /// What the rules in the body would change: `POST /v1/plan` with `{"folder", "files": {PATH: TEXT}}`.
  ///
  /// Without a body: the rules that a reload would load.
  func plan(_ query: [String: String], _ body: [UInt8]) async -> ControlAnswer {
    do {
      let plan = try await makePlan(of: try request(in: body))
      let telling = RulePlan.Telling(query: query)
      let answer = JSONValue.object([
        .init("plan", plan.json(withFiles: true)), .init("text", .string(plan.text(telling))),
        .init("unconfirmed", .array(telling.unconfirmed(in: plan).map(JSONValue.string))),
      ])
      return ControlAnswer(json: answer.json.bytes)
    } catch let refusal as PlanRefusal { return refusal.answer } catch let failure as DaemonFailure
    {
      return .failure(503, code: "try-again", message: failure.message)
    } catch {
      return .failure(500, code: "failed", message: "\(error)")
    }
  }

  /// Loads the rules of a plan: `POST /v1/plan/apply` with what `POST /v1/plan` has answered as `plan`.
  func apply(_ query: [String: String], _ body: [UInt8]) async -> ControlAnswer {
    do {
      let document = JSONText(wellFormed: body).value ?? .null
      let hash = try checkWorld(of: document)
      try await checkEffect(query)
      let confirmed = query["confirm_count"].flatMap { Int($0) } ?? 0
      switch await assembly.reload(only: hash, confirmed: confirmed) {
      case .loaded(let hash, let isChanged, let report):
        return ControlAnswer(
          json: JSONValue.object([
            .init("hash", .string(hash)), .init("changed", .bool(isChanged)),
            .init("report", .string(report)),
          ]).json.bytes
        )
      case .rejected(let report): throw PlanRefusal.rejected(report)
      case .refused(let refusal): throw PlanRefusal.stale(refusal.message)
      }
    } catch let refusal as PlanRefusal { return refusal.answer } catch let failure as DaemonFailure
    {
      return .failure(503, code: "try-again", message: failure.message)
    } catch {
      return .failure(500, code: "failed", message: "\(error)")
    }
  }

  // MARK: Planning

  private struct PlanRequest {
    let folder: String
    /// `nil`: those of the daemon's own folder.
    let files: [SourceFile]?
    let gitCommit: String?
  }

  private func request(in body: [UInt8]) throws -> PlanRequest {
    let own = assembly.daemon.settings.rules
    guard !body.isEmpty else { return ownRequest }
    guard let value = JSONText(wellFormed: body).value, case .object(let files) = value["files"]
    else { throw PlanRefusal.bad("the body has no `files`, an object of path and text") }
    let folder = value["folder"]?.text ?? own
    return PlanRequest(
      folder: folder,
      files: files.map { SourceFile(path: "\(folder)/\($0.key)", text: $0.value.text ?? "") },
      gitCommit: value["git_commit"]?.text
    )
  }

  /// The rules that a reload would load.
  private var ownRequest: PlanRequest {
    let folder = assembly.daemon.settings.rules
    return PlanRequest(folder: folder, files: nil, gitCommit: GitCommit.head(of: folder))
  }

  private func makePlan(of request: PlanRequest) async throws -> RulePlan {
    let configuration = try read(request.files)
    guard !configuration.hasErrors, let rules = configuration.reading.ruleSet else {
      throw PlanRefusal.rejected(configuration.report)
    }
    let planned = PlanMaker.Planned(
      rules: rules,
      folder: request.folder,
      files: configuration.ruleFiles,
      gitCommit: request.gitCommit
    )
    let maker = PlanMaker(
      database: assembly.store.path,
      zones: assembly.daemon.zones,
      volumeLimit: configuration.settings?.volumeLimit
    )
    let (running, now) = (assembly.loop.current.rules.set, assembly.clock.now)
    // A thread of its own: the work of seconds must not hold up those that answer requests.
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue(label: "nudged.plan", qos: .utility).async {
        continuation.resume(
          with: Result {
            try maker.plan(planned, running: running, settings: .defaults(timezone: "UTC"), at: now)
          }
        )
      }
    }
  }

  private func read(_ files: [SourceFile]?) throws -> Configuration {
    try Configuration.read(
      settingsPath: assembly.daemon.settings.file,
      rules: files,
      zones: assembly.daemon.zones,
      today: Zone.utc.date(at: assembly.clock.now)
    )
  }

  // MARK: Applying

  /// The hash that the plan leads to, if nothing has moved since it was made.
  private func checkWorld(of plan: JSONValue) throws -> String {
    guard let base = plan["base"]?["hash"]?.text, let hash = plan["planned"]?["hash"]?.text,
      case .object(let files) = plan["files"]
    else { throw PlanRefusal.bad("this is no plan of `nudged plan -o`") }
    let running = assembly.loop.current.rules.set.hash
    guard running == base else {
      throw PlanRefusal.stale(
        "the rules that run are no longer those of the plan: set \(running.prefix(12)) runs, the plan was made against set \(base.prefix(12))"
      )
    }
    let configuration = try read(nil)
    let folder = assembly.daemon.settings.rules
    let found = PlannedFiles.texts(of: configuration.ruleFiles, in: folder)
    let texts = Dictionary(files.map { ($0.key, $0.value.text ?? "") }) { first, _ in first }
    let moved = PlannedFiles.differences(from: texts, to: found)
    guard moved.isEmpty else {
      let places = moved.map { "  \(folder)/\($0)" }.joined(separator: "\n")
      throw PlanRefusal.stale(
        "the files that would be loaded are not those of the plan:\n\(places)"
      )
    }
    guard configuration.reading.ruleSet?.hash == hash else {
      throw PlanRefusal.stale("the settings or templates have changed since the plan was made")
    }
    return hash
  }

  /// Plans once more where something was to be confirmed or bounded.
  private func checkEffect(_ query: [String: String]) async throws {
    let plan = try await makePlan(of: ownRequest)
    let open = RulePlan.Telling(query: query).unconfirmed(in: plan)
    guard open.isEmpty else { throw PlanRefusal.stale(open.joined(separator: "\n")) }
    if let most = query["max_new_sends"].flatMap({ Int($0) }), plan.effect.newSends > most {
      throw PlanRefusal.stale(
        "it would make \(plan.effect.newSends.grouped) new sends in the next 7 days, more than \(most.grouped)"
      )
    }
  }
}

/// Why a plan is not made or not applied.
enum PlanRefusal: Error {
  /// The request cannot be understood.
  case bad(String)
  /// The rules have errors.
  case rejected(String)
  /// The world is not that of the plan.
  case stale(String)

  var answer: ControlAnswer {
    switch self {
    case .bad(let message): .document(400, "bad-request", message)
    case .rejected(let message): .document(422, "rules-rejected", message)
    case .stale(let message): .document(409, "stale", message)
    }
  }
}

extension ControlAnswer {
  /// An error whose message has lines, which the short form has not.
  fileprivate static func document(
    _ status: Int,
    _ code: String,
    _ message: String
  )
    -> ControlAnswer
  {
    let value = JSONValue.object([
      .init("code", .string(code)), .init("message", .string(message)),
    ])
    return ControlAnswer(status: status, json: value.json.bytes)
  }
}

extension RulePlan.Telling {
  /// The way of telling, and the confirmations, that a command asks for.
  init(query: [String: String]) {
    let renames = (query["confirm_rename"] ?? "").split(separator: ",").map(String.init)
    self.init(
      style: TextStyle(query: query),
      namesPeople: query["people"] == "1",
      file: query["file"],
      confirmedCount: query["confirm_count"].flatMap { Int($0) },
      confirmedRenames: Set(renames)
    )
  }

  /// What this confirms too little of.
  func unconfirmed(in plan: RulePlan) -> [String] {
    plan.unconfirmed(count: confirmedCount, renames: confirmedRenames)
  }
}
