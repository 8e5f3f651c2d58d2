public import NudgeCore
public import NudgeRules
import NudgeStore

/// Makes plans: tries rules on a snapshot of the database beside those that run.
public struct PlanMaker: Sendable {
  /// The rules that run, as they are known where the plan is made.
  public struct Running: Sendable {
    /// The compiled rules.
    public let rules: RuleSet
    /// The texts of the rule files.
    public let files: [SourceFile]
    /// The commit that they came from; `nil` outside of git.
    public let gitCommit: String?
    /// When they were deployed; `nil` when nothing was.
    public let loadedAt: Timestamp?
  }

  /// The rules that are to run.
  public struct Planned: Sendable {
    let rules: RuleSet
    let folder: String
    let files: [SourceFile]
    let gitCommit: String?

    /// Rules that were read from a folder without an error.
    public init(rules: RuleSet, folder: String, files: [SourceFile], gitCommit: String?) {
      self.rules = rules
      self.folder = folder
      self.files = files
      self.gitCommit = gitCommit
    }
  }

  let database: String
  let zones: ZoneTable
  private let volumeLimit: Int?

  /// A maker of plans over the database at a path; they ask before a campaign takes in more than the limit.
  public init(database: String, zones: ZoneTable, volumeLimit: Int?) {
    self.volumeLimit = volumeLimit
    self.database = database
    self.zones = zones
  }

  /// The plan for rules, as of an instant or the latest that was decided.
  ///
  /// `running` are the rules that run, of which the database has the texts; when they are `nil` they are compiled from
  /// those under `settings`.
  ///
  /// - Throws: ``DaemonFailure`` while everybody is still looked at after a deploy; what the database says.
  public func plan(
    _ planned: Planned,
    running: RuleSet?,
    settings: SettingsSource,
    at instant: Timestamp
  ) throws -> RulePlan {
    let snapshot = try StoreSnapshot(path: database)
    defer { try? snapshot.close() }
    guard try snapshot.isSettled() else {
      throw DaemonFailure(
        .tryAgain,
        "the rules were loaded a moment ago, and not everybody has been looked at yet; try again"
      )
    }
    let now = max(instant, try snapshot.logicalNow())
    let base = try self.running(in: snapshot, rules: running, settings)
    let deployed = try snapshot.deployed()
    let old = Engine(
      rules: base.rules,
      zones: zones,
      deployments: deployed.instants,
      origins: deployed.origins,
      silences: try snapshot.silences(at: now)
    )
    let edit = Edit(from: old, to: planned.rules, zones: zones, deployed: deployed, now: now)
    let survey = try PlanSurvey(of: snapshot, edit: edit)
    var plan = RulePlan(
      planned,
      base,
      at: now,
      logPosition: try snapshot.logPosition(),
      effect: try survey.effect(),
      newFacts: survey.newFacts,
      logBeginsAt: try snapshot.logBeginning().events,
      known: Set(deployed.instants.keys),
      zone: zones[planned.rules.policy.timezone] ?? .utc
    )
    plan.volumeLimit = volumeLimit
    return plan
  }

  private func running(
    in snapshot: StoreSnapshot,
    rules: RuleSet?,
    _ settings: SettingsSource
  ) throws -> Running {
    let stored = try snapshot.ruleSet()
    let files = JSONText(wellFormed: Array((stored?.source ?? "{}").utf8)).members.compactMap {
      member in member.value.text.map { SourceFile(path: member.key, text: $0) }
    }
    let reading = RuleReader.read(files: files, settings: settings, zones: Set(zones.names))
    let compiled =
      rules ?? reading.ruleSet
      ?? RuleSet(
        hash: stored?.hash ?? "",
        models: [],
        campaigns: [],
        mutes: [],
        policy: .standard,
        series: []
      )
    return Running(
      rules: compiled,
      files: files,
      gitCommit: stored?.gitCommit,
      loadedAt: stored?.deployedAt
    )
  }
}

extension Policy {
  /// What holds where no settings say otherwise.
  fileprivate static var standard: Policy {
    Policy(
      timezone: "UTC",
      channels: [:],
      quietHours: nil,
      caps: [],
      onCap: .wait,
      unsubscribedWhen: .trait([NamedTest(name: "unsubscribed", matches: [.anyOf([.bool(true)])])]),
      lateLimitMilliseconds: 72 * 3_600_000
    )
  }
}

extension RulePlan {
  init(
    _ planned: PlanMaker.Planned,
    _ base: PlanMaker.Running,
    at now: Timestamp,
    logPosition: Int64,
    effect: EditEffect,
    newFacts: [String],
    logBeginsAt: Timestamp?,
    known: Set<String>,
    zone: Zone
  ) {
    let (old, new) = (Set(base.files.map(\.text)), Set(planned.files.map(\.text)))
    let models = planned.rules.models
    var campaigns: [String: About] = [:]
    for campaign in base.rules.campaigns {
      let isAboutAccounts = base.rules.models[campaign.model].subject == .account
      campaigns[campaign.name] = About(isAboutAccounts: isAboutAccounts, firstDeploy: nil)
    }
    for campaign in planned.rules.campaigns {
      let isFirst = !known.contains(campaign.name) && campaign.was == nil
      campaigns[campaign.name] = About(
        isAboutAccounts: models[campaign.model].subject == .account,
        firstDeploy: isFirst ? campaign.onFirstDeploy : nil
      )
    }
    self.init(
      madeAt: now,
      base: Side(hash: base.rules.hash, gitCommit: base.gitCommit),
      loadedAt: base.loadedAt,
      planned: Side(hash: planned.rules.hash, gitCommit: planned.gitCommit),
      logPosition: logPosition,
      folder: planned.folder,
      files: PlannedFiles.texts(of: planned.files, in: planned.folder),
      changedFiles: max(new.subtracting(old).count, old.subtracting(new).count),
      diff: RuleDiff(from: base.files, to: planned.files),
      settings: base.rules.policy.changes(to: planned.rules.policy),
      effect: effect,
      newFacts: newFacts,
      logBeginsAt: logBeginsAt,
      campaigns: campaigns,
      zone: zone
    )
  }
}

/// Rule files by their paths below the folder that they were read from.
public enum PlannedFiles {
  /// The texts by path.
  public static func texts(of files: [SourceFile], in folder: String) -> [String: String] {
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return Dictionary(
      files.map { file in
        let path =
          file.path.hasPrefix(prefix) ? String(file.path.dropFirst(prefix.count)) : file.path
        return (path, file.text)
      }
    ) { first, _ in first }
  }

  /// What differs between two folders, in words; empty when nothing does.
  static func differences(from planned: [String: String], to found: [String: String]) -> [String] {
    Set(planned.keys).union(found.keys).sorted().compactMap { path in
      switch (planned[path], found[path]) {
      case (let old?, let new?): old == new ? nil : "\(path) was edited"
      case (_?, nil): "\(path) is gone"
      case (nil, _?): "\(path) is new"
      case (nil, nil): nil
      }
    }
  }
}
