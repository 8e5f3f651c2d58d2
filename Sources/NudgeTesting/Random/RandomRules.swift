public import NudgeCore

/// Valid rule sets by chance: the same seed gives the same rules.
public struct RandomRules: Sendable {
  /// What random rules may hold.
  public struct Options: Hashable, Sendable {
    /// Whether ladders have `held_for`, which remembers what was seen when.
    public var hasHeldFor = true
    /// Whether ladders read tags and campaigns, which follow from what was decided when.
    public var laddersReadDecisions = true
    /// Whether campaigns read tags and each other, and share caps.
    public var campaignsMeet = true

    /// Everything that the rule language knows.
    public init() {}

    /// Only what depends on the events known, and not on the order in which they came.
    public static var orderFree: Options {
      var options = Options()
      options.hasHeldFor = false
      options.laddersReadDecisions = false
      return options
    }

    /// Only campaigns that have nothing to do with each other.
    public static var strangers: Options {
      var options = Options()
      options.laddersReadDecisions = false
      options.campaignsMeet = false
      return options
    }
  }

  /// The rules.
  public let ruleSet: RuleSet
  /// The same rules with one campaign more, which sends tasks of its own and nothing else.
  public let withStranger: RuleSet
  /// The same rules after some changes to some campaigns, and with one that is new.
  public let edited: RuleSet
  /// The same rules with nothing but one campaign changed.
  public let withOneEdit: RuleSet
  /// The campaign that `withOneEdit` changes, by its name in the rules.
  public let editedCampaign: String
  /// When some steps were first deployed, as `campaign/step`.
  public let deployments: [String: Timestamp]

  /// The name of the campaign that `withStranger` has more.
  public static let stranger = "stranger"

  /// The rules of this seed.
  public init(seed: UInt64, options: Options = Options()) {
    var maker = RuleMaker(seed: seed, options: options)
    let campaigns = maker.campaigns
    let stranger = maker.stranger()
    let policy = maker.policy()
    let mutes = maker.mutes()
    let edits = maker.edits(of: campaigns)
    let edit = maker.edit(of: campaigns[0])
    func rules(_ campaigns: [Campaign], _ name: String = "") -> RuleSet {
      RuleSet(
        hash: "random-\(seed)-\(campaigns.count)\(name)",
        models: maker.models,
        campaigns: campaigns,
        mutes: mutes,
        policy: policy,
        series: maker.conditions.series
      )
    }
    deployments = maker.deployments()
    ruleSet = rules(campaigns)
    withStranger = rules(campaigns + [stranger])
    edited = rules(edits, "-edited")
    withOneEdit = rules([edit] + campaigns.dropFirst(), "-one-edit")
    editedCampaign = campaigns[0].name
  }
}

/// Makes the parts of one rule set, all conditions from the same dice and with the same series.
private struct RuleMaker {
  var conditions: RandomConditions
  private(set) var models: [Model] = []
  private(set) var campaigns: [Campaign] = []
  private var parts: [RandomScope.Parts] = []
  private let names: [String]
  private let options: RandomRules.Options

  init(seed: UInt64, options: RandomRules.Options) {
    self.options = options
    var dice = Dice(seed: seed)
    let count = dice.number(1...4)
    names = (0..<count).map { "c\($0)" }
    conditions = RandomConditions(dice: dice)
    var subjects: [SubjectKind] = [.user]
    if conditions.dice.chance(40) { subjects.append(.user) }
    if conditions.dice.chance(50) { subjects.append(.account) }
    for (place, subject) in subjects.enumerated() {
      var maker = RandomModels(conditions: conditions, options: options, campaigns: names)
      let made = maker.model("model\(place)", about: subject)
      conditions = maker.conditions
      models.append(made.model)
      parts.append(made.parts)
    }
    campaigns = names.map { campaign($0) }
  }

  private mutating func campaign(_ name: String, onlyInternal: Bool = false) -> Campaign {
    let model = conditions.dice.number(0...(models.count - 1))
    var maker = RandomCampaigns(
      conditions: conditions,
      model: model,
      subject: models[model].subject,
      parts: parts[model],
      names: options.campaignsMeet ? names : [],
      readsTags: options.campaignsMeet
    )
    let campaign = maker.campaign(name, onlyInternal: onlyInternal)
    conditions = maker.conditions
    return campaign
  }

  mutating func stranger() -> Campaign {
    campaign(RandomRules.stranger, onlyInternal: true)
  }

  // MARK: Edits

  mutating func edits(of campaigns: [Campaign]) -> [Campaign] {
    var edited = campaigns.map { conditions.dice.chance(60) ? edit(of: $0) : $0 }
    if edited.count > 1, conditions.dice.chance(15) { edited.removeLast() }
    guard conditions.dice.chance(60) else { return edited }
    let policy = conditions.dice.pick([
      Campaign.FirstDeploy.newStartsOnly, .joinInProgress, .startOver,
    ])
    return edited + [campaign("fresh").edited(onFirstDeploy: policy)]
  }

  /// The campaign after a small change, or a campaign of the same name that is another one.
  mutating func edit(of campaign: Campaign) -> Campaign {
    if conditions.dice.chance(30) { return self.campaign(campaign.name) }
    let edit = conditions.dice.pick(RandomEdit.allCases)
    return edit.applied(to: campaign, using: &conditions.dice)
  }

  // MARK: Settings

  mutating func policy() -> Policy {
    let unsubscribed = NamedTest(name: "unsubscribed", matches: [.anyOf([.bool(true)])])
    return Policy(
      timezone: conditions.dice.pick(Array(Vocabulary.zones.dropLast())),
      channels: channels(),
      quietHours: quietHours(),
      caps: caps(),
      onCap: conditions.dice.chance(25) ? .drop : .wait,
      unsubscribedWhen: .trait([unsubscribed]),
      lateLimitMilliseconds: 72 * 3_600_000
    )
  }

  private mutating func channels() -> [String: Channel] {
    guard conditions.dice.chance(30) else { return [:] }
    let inApp = Channel(
      name: "in-app",
      kind: .message,
      expires: .calendar(days: 2),
      ignoresQuietHours: false
    )
    return [inApp.name: inApp]
  }

  private mutating func quietHours() -> QuietHours? {
    guard conditions.dice.chance(60) else { return nil }
    let (from, to) = conditions.dice.pick([(1320, 480), (0, 540), (120, 180), (1200, 1199)])
    guard let from = LocalTime(minuteOfDay: from), let to = LocalTime(minuteOfDay: to) else {
      return nil
    }
    return QuietHours(from: from, to: to)
  }

  private mutating func caps() -> [Cap] {
    guard options.campaignsMeet else { return [] }
    return (0..<conditions.dice.number(0...2)).map { place in
      Cap(
        name: "cap\(place)",
        channels: conditions.dice.chance(50) ? ["email"] : nil,
        atMost: conditions.dice.number(1...2),
        per: conditions.span()
      )
    }
  }

  mutating func mutes() -> [Mute] {
    guard options.campaignsMeet, conditions.dice.chance(60) else { return [] }
    let person = RandomScope(subject: .user, readsTags: true)
    let account = RandomScope(subject: .account, campaigns: names, readsTags: true)
    let isOfAccount = conditions.dice.chance(40)
    return [
      Mute(
        name: "hush",
        description: nil,
        when: isOfAccount ? nil : conditions.condition(person, depth: 1),
        whenAccount: isOfAccount ? conditions.condition(account, depth: 1) : nil,
        channels: conditions.dice.chance(50) ? ["email"] : nil,
        campaigns: conditions.dice.chance(30) ? [conditions.dice.pick(names)] : nil
      )
    ]
  }

  mutating func deployments() -> [String: Timestamp] {
    guard conditions.dice.chance(30) else { return [:] }
    let date = conditions.date()
    return ["c0/s0": Zone.utc.startOfDay(date)]
  }
}
