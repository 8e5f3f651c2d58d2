/// What a condition asks.
enum Verb: String, CaseIterable {
  case all
  case any
  case none
  case not
  case did
  case didNot = "did_not"
  case trait
  case accountTrait = "account_trait"
  case tagged
  case reached
  case missing
  case milestonesReached = "milestones_reached"
  case categoriesReached = "categories_reached"
  case activated
  case day
  case pace
  case health
  case segment
  case score
  case metric
  case audience
  case inCampaign = "in_campaign"
  case members

  /// The keys that may stand beside it.
  var helpers: [String] {
    switch self {
    case .did: ["where", "times", "distinct", "within", "within_first", "since"]
    case .didNot: ["where", "within", "within_first", "since"]
    case .members: ["who_did", "where", "times", "distinct", "within", "within_first", "since"]
    case .all, .any, .none, .not, .trait, .accountTrait, .tagged, .reached, .missing,
      .milestonesReached, .categoriesReached, .activated, .day, .pace, .health, .segment, .score,
      .metric, .audience, .inCampaign:
      []
    }
  }

  /// Whether it asks for something that a model measures.
  var needsModel: Bool {
    switch self {
    case .reached, .missing, .milestonesReached, .categoriesReached, .activated, .day, .pace,
      .health, .segment, .score, .metric:
      true
    case .all, .any, .none, .not, .did, .didNot, .trait, .accountTrait, .tagged, .audience,
      .inCampaign, .members:
      false
    }
  }
}
