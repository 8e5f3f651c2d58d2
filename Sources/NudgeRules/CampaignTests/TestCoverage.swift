public import NudgeCore

/// How much of their rules tests have tried.
public struct TestCoverage: Sendable {
  /// So many of so many.
  public struct Share: Hashable, Sendable {
    /// How many were tried.
    public let covered: Int
    /// How many there are.
    public let total: Int
  }

  /// A condition that was not seen both true and false.
  public struct Gap: Hashable, Sendable {
    /// The condition.
    public let node: ConditionCoverage.Node
    /// The answers that it gave.
    public let answers: ConditionCoverage.Answers
  }

  private var steps: [String] = []
  private var sent: Set<String> = []
  private var nodes: [ConditionCoverage.Node] = []
  private var answers: [ConditionCoverage.Node: ConditionCoverage.Answers] = [:]

  /// Nothing tried, and nothing to try.
  public init() {}

  /// Adds the steps and conditions of the rules of a file, each once.
  public mutating func add(rulesOf tests: LoadedTests) {
    guard let rules = tests.rules, let first = tests.tests.first else { return }
    let known = Set(steps)
    steps += rules.base.campaigns.flatMap { campaign in
      campaign.steps.filter(\.isEnabled).map { "\(campaign.name)/\($0.name)" }
    }
    .filter { !known.contains($0) }
    for node in ConditionCoverage(of: rules.engine(for: first.timeline)).nodes
    where answers[node] == nil {
      nodes.append(node)
      answers[node] = []
    }
  }

  /// Adds what a test has tried.
  public mutating func add(_ result: CampaignTestResult) {
    sent.formUnion(result.sentSteps)
    for (node, seen) in result.answers { answers[node, default: []].formUnion(seen) }
  }

  /// The steps that were sent at least once.
  public var stepShare: Share {
    Share(covered: steps.count(where: sent.contains), total: steps.count)
  }

  /// The conditions that were seen both true and false.
  public var conditionShare: Share {
    Share(covered: nodes.count - gaps.count, total: nodes.count)
  }

  /// Steps and conditions together, in percent rounded down; 100 when there are none.
  public var percent: Int {
    let total = stepShare.total + conditionShare.total
    return total == 0 ? 100 : (stepShare.covered + conditionShare.covered) * 100 / total
  }

  /// The steps that were never sent, as `campaign/step`, in the order of the rules.
  public var unsentSteps: [String] { steps.filter { !sent.contains($0) } }

  /// The conditions that were not seen both true and false, in the order of the rules.
  public var gaps: [Gap] {
    nodes.compactMap { node in
      let seen = answers[node] ?? []
      return seen == .both ? nil : Gap(node: node, answers: seen)
    }
  }
}

extension TestCoverage {
  /// The line that closes a report.
  public var summary: String {
    "covered: \(stepShare.covered) of \(stepShare.total) steps sent at least once, "
      + "\(conditionShare.covered) of \(conditionShare.total) conditions seen both true and false"
  }

  /// What is not covered, one line each.
  public var gapLines: [String] {
    unsentSteps.map { "never sent  \($0)" } + gaps.map(\.line)
  }
}

extension TestCoverage.Gap {
  /// What was not seen of it: `never true`, `never false` or `never asked`.
  public var lack: String {
    switch answers {
    case .yes: "never false"
    case .no: "never true "
    default: "never asked"
    }
  }

  fileprivate var line: String { "\(lack) \(node.campaign): \(node.place): \(node.text)" }
}
