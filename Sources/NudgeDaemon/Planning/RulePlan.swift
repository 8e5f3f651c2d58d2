public import NudgeCore
public import NudgeRules

/// What a rule set would change if it were loaded: in the rules, and for everybody.
public struct RulePlan: Sendable {
  /// One of the two rule sets.
  public struct Side: Hashable, Sendable {
    /// Its hash.
    public let hash: String
    /// The commit that it came from; `nil` outside of git.
    public let gitCommit: String?
  }

  /// When it was made; what becomes of people is told as of then.
  public let madeAt: Timestamp
  /// The rules that run.
  public let base: Side
  /// Since when they run; `nil` when nothing was deployed yet.
  public let loadedAt: Timestamp?
  /// The rules that are to run.
  public let planned: Side
  /// The sequence of the newest event that was counted.
  public let logPosition: Int64
  /// The folder that was read, as the user named it.
  public let folder: String
  /// The texts of its rule files, by path below the folder.
  public let files: [String: String]
  /// How many of these files differ from what runs.
  public let changedFiles: Int
  /// What changes in the rule files.
  public let diff: RuleDiff
  /// What changes in the part of the settings that decides.
  public let settings: [RuleDiff.KeyChange]
  /// What becomes of people.
  public let effect: EditEffect
  /// The events whose facts are new, and filled from the log.
  public let newFacts: [String]
  /// Since when events are kept, once older ones were dropped; new facts begin there.
  public let logBeginsAt: Timestamp?
  /// The campaigns of both rule sets, as far as telling needs them.
  let campaigns: [String: About]
  /// The zone in which times are told.
  let zone: Zone
  /// How many a campaign may take in before somebody must say that it is meant; `nil`: any number.
  var volumeLimit: Int?

  /// What is to be known of a campaign to tell what becomes of its people.
  struct About: Hashable, Sendable {
    let isAboutAccounts: Bool
    /// What happens at a first deploy; `nil` for a campaign that runs already.
    let firstDeploy: Campaign.FirstDeploy?
  }

  /// Whether loading it changes anything.
  public var isEmpty: Bool { base.hash == planned.hash }

  /// How many people the campaigns that start over take in; each begins their first day anew.
  public var startingOver: Int {
    campaigns.filter { $0.value.firstDeploy == .startOver }
      .reduce(0) { $0 + (effect.campaigns[$1.key]?.enters.count ?? 0) }
  }

  /// Whether a campaign that starts over is deployed for the first time.
  public var startsOver: Bool { campaigns.values.contains { $0.firstDeploy == .startOver } }

  /// What has to be confirmed before it may be applied, as a sentence each; empty when all is.
  public func unconfirmed(count: Int?, renames: Set<String>) -> [String] {
    var open: [String] = []
    if startsOver, count != startingOver {
      let given = count.map { ", not \($0)" } ?? ""
      open.append(
        "start_over begins day 0 anew for \(startingOver) people\(given): confirm with --confirm-count \(startingOver)"
      )
    }
    if let limit = volumeLimit {
      for (name, entering) in largeEntries(over: limit) where count ?? 0 < entering {
        open.append(
          "\(name) takes in \(entering) at once, more than volume_limit (\(limit)): confirm with --confirm-count \(entering)"
        )
      }
    }
    for rename in diff.renames where !renames.contains(rename.new) {
      let place = rename.campaign.map { " of \($0)" } ?? ""
      open.append(
        "\(rename.kind.rawValue) \(rename.new)\(place) looks like \(rename.old) under a new name: write `was: \(rename.old)` to carry its history over, or --confirm-rename \(rename.new) if it is another one"
      )
    }
    return open
  }

  /// The campaigns that take in more than so many at once, but for those that start over, which ask anyway.
  private func largeEntries(over limit: Int) -> [(name: String, entering: Int)] {
    effect.campaigns.sorted { $0.key < $1.key }.compactMap { name, effect in
      let entering = effect.enters.count
      let startsOver = campaigns[name]?.firstDeploy == .startOver
      return entering > limit && !startsOver ? (name, entering) : nil
    }
  }
}
