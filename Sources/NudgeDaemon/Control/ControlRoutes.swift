import NudgeCore
import NudgeStore
import NudgeWeb
import Synchronization

/// The routes that read and change the daemon, over the control socket and with a key.
struct ControlRoutes: ControlHandler {
  let assembly: Assembly

  func answer(_ call: RouteCall) async -> ControlAnswer {
    do { return try await reply(to: call) } catch let error as UnknownCampaign {
      return .failure(404, code: "unknown-campaign", message: error.description)
    } catch let error as UnknownSubject {
      return .failure(404, code: "unknown-subject", message: error.description)
    } catch let error as SilenceRequest.Invalid {
      return .failure(400, code: "bad-request", message: error.message)
    } catch Store.Failure.full {
      return .failure(507, code: "disk-full", message: "the disk is full, ask again later")
    } catch Store.Failure.busy(let text) {
      return .failure(503, code: "busy", message: text)
    } catch Store.Failure.broken {
      return .failure(
        503,
        code: "stopping",
        message: "the database has failed, the service is stopping"
      )
    } catch PastAnswers.Failure.unknown(let message) {
      return .failure(404, code: "unknown", message: message)
    } catch PastAnswers.Failure.badQuestion(let message) {
      return .failure(400, code: "bad-request", message: message)
    } catch {
      return .failure(500, code: "failed", message: "\(error)")
    }
  }

  private func reply(to call: RouteCall) async throws -> ControlAnswer {
    let (name, query) = (call.name, call.query)
    switch call.route {
    case .health, .readiness, .metrics, .openAPI, .inboxStream:
      return .failure(404, code: "not-found", message: "the web server answers this itself")
    case .status: return ControlAnswer(json: try status().json.bytes)
    case .reload: return await reload(query)
    case .plan: return await plan(query, call.body)
    case .applyPlan: return await apply(query, call.body)
    case .users: return await list(.user, query)
    case .accounts: return await list(.account, query)
    case .user, .userProgress, .userDecisions, .userExplanation, .userScores, .userExport:
      return try about(.user(name), call)
    case .account, .accountProgress, .accountDecisions, .accountExplanation, .accountScores:
      return try about(.account(name), call)
    case .inbox: return try inbox(of: .user(name), query)
    case .seePrompt: return try await note(.seen, on: call)
    case .clickPrompt: return try await note(.clicked, on: call)
    case .dismissPrompt: return try await note(.dismissed, on: call)
    case .forgetUser: return try await forget(.user(name), query)
    case .campaigns: return try campaignList()
    case .campaign: return try campaign(name)
    case .pauseCampaign: return try await pause(name, query)
    case .resumeCampaign: return try await resume(name, query)
    case .silences: return try silences()
    case .addSilence: return try await addSilence(query)
    case .expireSilence: return try await expireSilence(name, query)
    case .decisions: return try decisions(query)
    case .decision: return try trace(name, query)
    case .outbox: return try outbox(query)
    case .delivery: return try delivery(name)
    case .retryDeliveries: return try await retryDeliveries(query)
    case .dropDeliveries: return try await dropDeliveries(query)
    case .flushOutbox: return try await flushOutbox(query)
    case .enableChannel: return try await enable(channel: query["channel"] ?? "")
    case .events: return try events(query)
    case .clock: return try clock()
    case .confirmClock: return try confirmClock(query)
    case .linesTaken: return try linesTaken(query)
    case .takeLines: return try await takeLines(query, call.body)
    }
  }

  /// The zone of the settings, in which people read the times of an answer.
  var timezone: JSONValue { .string(assembly.loop.current.rules.set.policy.timezone) }

  // MARK: Status

  private func status() throws -> JSONValue {
    let now = assembly.clock.now
    let overview = try assembly.store.overview(at: now)
    let running = try assembly.store.currentRuleSet()
    let rejected = assembly.rejectedRules.withLock { $0 }
    return .object([
      .init("version", .string(NudgedVersion.text)),
      .init("now", .string(now.rfc3339)),
      .init("timezone", timezone),
      .init("ready", .bool(assembly.readiness.isReady)),
      .init("rule_set", ruleSet(running, rejected)),
      .init("people", .whole(overview.people)),
      .init("accounts", .whole(overview.accounts)),
      .init("events", .whole(overview.events)),
      .init("rejected", .whole(overview.rejected)),
      .init(
        "filling",
        assembly.loop.fillProgress.map { progress in
          .object([
            .init("done", .whole(progress.done)), .init("total", .whole(progress.total)),
          ])
        } ?? .null
      ),
      .init("waiting_events", .whole(assembly.queue.depth)),
      .init("next_due", .optional(overview.nextDue?.rfc3339)),
      .init(
        "decisions",
        .object(
          overview.decisions.sorted { $0.key < $1.key }.map { .init($0.key, .whole($0.value)) }
        )
      ),
      .init("outboxes", .array(overview.outboxes.map(value))),
      .init("database_bytes", .whole(overview.databaseBytes)),
      .init("started_at", .string(assembly.startedAt.rfc3339)),
      .init("settings", .optional(assembly.daemon.settings.file)),
      .init("time_zones", .string(assembly.daemon.zones.version)),
      .init("problems", .array(assembly.problems.map(\.json))),
      .init("clock", assembly.clockWatch.seen.json),
      .init("log_begins_at", .optional(try assembly.store.logBeginning().events?.rfc3339)),
    ])
  }

  private func ruleSet(_ running: DeployedRuleSet?, _ rejected: String?) -> JSONValue {
    .object([
      .init("hash", .optional(running?.hash)),
      .init("git_commit", .optional(running?.gitCommit)),
      .init("loaded_at", .optional(running?.deployedAt.rfc3339)),
      .init("campaigns", .whole(assembly.loop.current.rules.set.campaigns.count)),
      .init("rejected", .optional(rejected)),
    ])
  }

  private func value(_ outbox: Overview.Outbox) -> JSONValue {
    .object([
      .init("channel", .string(outbox.channel)),
      .init("waiting", .whole(outbox.waiting)),
      .init("dead", .whole(outbox.dead)),
      .init("oldest_seconds", .whole(Int(outbox.oldestMilliseconds / 1000))),
    ])
  }

  // MARK: Reload

  private func reload(_ query: [String: String]) async -> ControlAnswer {
    let confirmed = query["confirm"].map { Int($0) } ?? 0
    guard let confirmed, confirmed >= 0 else {
      return .failure(400, code: "bad-request", message: "confirm: write a number of people")
    }
    let hash = query["expect"]
    let running = assembly.loop.current.rules.set.hash
    if let hash, !running.hasPrefix(hash) {
      return .failure(
        412,
        code: "other-rule-set",
        message: "set \(running) is running, not \(hash)"
      )
    }
    switch await assembly.reload(confirmed: confirmed) {
    case .loaded(let hash, let isChanged, let report):
      let answer = JSONValue.object([
        .init("hash", .string(hash)), .init("changed", .bool(isChanged)),
        .init("report", .string(report)),
      ])
      return ControlAnswer(json: answer.json.bytes)
    case .refused(let refusal):
      return .failure(409, code: refusal.code, message: refusal.message)
    case .rejected(let report):
      // The report has lines, which the short form of an error has not.
      let answer = JSONValue.object([
        .init("code", .string("rules-rejected")), .init("message", .string(report)),
      ])
      return ControlAnswer(status: 422, json: answer.json.bytes)
    }
  }
}
