/// Which answers the conditions of a rule set's campaigns have given so far.
///
/// Every condition counts, those inside others too; of one that names several milestones, traits, metrics or scores each
/// counts as well.
public struct ConditionCoverage: Sendable {
  /// One condition of a campaign.
  public struct Node: Hashable, Sendable {
    /// The campaign's name.
    public let campaign: String
    /// Where it stands, such as `while` or `only_if of invite-nudge`.
    public let place: String
    /// Counted from 0 in its place, from the top.
    public let number: Int
    /// What it says.
    public let text: String
  }

  /// The answers that a condition has given.
  public struct Answers: OptionSet, Hashable, Sendable {
    /// One bit for each answer.
    public let rawValue: UInt8

    /// The answers of these bits.
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// It held.
    public static let yes = Answers(rawValue: 1)
    /// It did not hold.
    public static let no = Answers(rawValue: 2)
    /// Nothing is left to see.
    public static let both: Answers = [.yes, .no]
  }

  private struct Question: Sendable {
    let campaign: Campaign
    let condition: Condition
  }

  /// Every condition, by campaign and place.
  public let nodes: [Node]
  private let questions: [Question]
  private var seen: [Answers]

  /// Nothing seen yet of the campaigns of an engine's rules.
  public init(of engine: Engine) {
    let found = engine.rules.set.campaigns.flatMap { campaign in
      campaign.questions.flatMap { place, condition in
        condition.nodes.enumerated().map { number, node in
          let text = engine.words(of: node, in: campaign)
          return (
            Node(campaign: campaign.name, place: place, number: number, text: text),
            Question(campaign: campaign, condition: node)
          )
        }
      }
    }
    nodes = found.map(\.0)
    questions = found.map(\.1)
    seen = found.map { _ in [] }
  }

  /// The answers of each condition.
  public var answers: [Node: Answers] {
    Dictionary(zip(nodes, seen)) { $0.union($1) }
  }

  /// Asks all conditions that are about these subjects, as the world stands.
  public mutating func note(
    _ subjects: Set<SubjectID>,
    in world: World,
    by engine: Engine,
    now: Timestamp
  ) {
    for subject in subjects {
      guard let memory = world.memories[subject] else { continue }
      let visit = Visit(engine: engine, world: world, memory: memory, now: now, trigger: nil)
      note(visit)
    }
  }

  private mutating func note(_ visit: Visit) {
    var campaign: Campaign?
    var lens: Lens?
    for place in questions.indices where seen[place] != .both {
      let question = questions[place]
      if campaign !== question.campaign {
        campaign = question.campaign
        lens = visit.coverageLens(in: question.campaign)
      }
      guard let lens else { continue }
      seen[place].insert(lens.evaluate(question.condition).holds ? .yes : .no)
    }
  }
}

extension Visit {
  /// The view of a campaign's conditions; `nil` for those whom it is not about, or who have not started.
  fileprivate func coverageLens(in campaign: Campaign) -> Lens? {
    guard rules.models[campaign.model].subject == memory.subject.kind,
      memory.progress[campaign.model]?.startedAt.map({ $0 <= now }) ?? false
    else { return nil }
    return lens(in: campaign)
  }
}

extension Engine {
  /// What a condition says, without an answer.
  fileprivate func words(of condition: Condition, in campaign: Campaign) -> String {
    let subject = SubjectID(kind: rules.set.models[campaign.model].subject, id: "?")
    let world = World([subject: Memory(subject: subject)])
    return tree(of: condition, in: campaign, for: subject, world: world, now: .distantPast)?.text
      ?? ""
  }
}

extension Campaign {
  /// The conditions with their places, in the order of the file.
  fileprivate var questions: [(place: String, condition: Condition)] {
    let own = [("who", who), ("while", stays)].compactMap { name, condition in
      condition.map { (name, $0) }
    }
    return own + leaveWhen.map { ("leave_when \($0.name)", $0.when) } + steps.flatMap(\.questions)
  }
}

extension Step {
  fileprivate var questions: [(place: String, condition: Condition)] {
    var questions: [(String, Condition)] = []
    if case .asSoonAs(let condition) = timing {
      questions.append(("as_soon_as of \(name)", condition))
    }
    if let onlyIf { questions.append(("only_if of \(name)", onlyIf)) }
    return questions
  }
}

extension Condition {
  /// The condition and all conditions inside, from the top.
  fileprivate var nodes: [Condition] { [self] + told.flatMap(\.nodes) }

  private var told: [Condition] {
    switch self {
    case .all(let parts), .any(let parts), .none(let parts): parts
    case .not(let part): [part]
    case .audience(_, .all(let parts)): parts
    case .audience(_, let part): [part]
    case .reached(let places) where places.count > 1: places.map { .reached([$0]) }
    case .missing(let places) where places.count > 1: places.map { .missing([$0]) }
    case .trait(let tests) where tests.count > 1: tests.map { .trait([$0]) }
    case .accountTrait(let tests) where tests.count > 1: tests.map { .accountTrait([$0]) }
    case .metric(let tests) where tests.count > 1: tests.map { .metric([$0]) }
    case .score(let tests) where tests.count > 1: tests.map { .score([$0]) }
    case .did, .members, .tagged, .inCampaign, .reached, .missing, .trait, .accountTrait,
      .metric, .score, .milestonesReached, .categoriesReached, .activated, .day, .pace, .health,
      .segment:
      []
    }
  }
}
