import NudgeCore

/// Where the decisions of a backtest go: lines at once, or a table at the end.
struct BacktestReport {
  private let plan: BacktestPlan
  private let format: BacktestCommand.Format
  private let terminal: Terminal
  private let answer = Answer()
  private var tally: BacktestTally
  private var snapshot: StateSnapshot?
  private var hasHead = false

  /// A report in this form.
  init(_ plan: BacktestPlan, format: BacktestCommand.Format, terminal: Terminal) {
    self.plan = plan
    self.format = format
    self.terminal = terminal
    tally = BacktestTally(campaigns: plan.campaigns, policy: plan.policy, zone: plan.zone)
  }

  /// Takes decisions in the order in which they are printed.
  mutating func add(_ decisions: [Decision]) throws(Failure) {
    for decision in decisions where plan.shows(decision) {
      switch format {
      case .text, .json: tally.add(decision)
      case .jsonl: try answer.write(decision.line.json.bytes + [UInt8(ascii: "\n")])
      case .csv: try addRow(decision)
      }
    }
  }

  private mutating func addRow(_ decision: Decision) throws(Failure) {
    guard case .object(let members) = decision.line else { return }
    if !hasHead { try answer.line(CSV.line(members.map(\.key))) }
    hasHead = true
    try answer.line(CSV.line(members.map { CSV.cell($0.value) }))
  }

  /// Takes what is printed after the decisions.
  mutating func add(_ snapshot: StateSnapshot) {
    self.snapshot = snapshot
  }

  /// Writes what is left to say.
  func finish() throws(Failure) {
    switch format {
    case .text:
      for line in tally.lines(width: terminal.width) { try answer.line(line) }
    case .json: try answer.line(tally.json.json.text)
    case .jsonl: try snapshot?.write(to: answer)
    case .csv: break
    }
    try answer.finish()
  }
}
