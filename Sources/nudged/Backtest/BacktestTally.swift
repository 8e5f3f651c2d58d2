import NudgeCore

/// What came of each step, and how much was sent: the table of a backtest.
struct BacktestTally {
  /// A column of the table; each final decision counts in one.
  enum Column: String, CaseIterable {
    case sent
    case heldOut = "held out"
    case leftFirst = "left first"
    case onlyIf = "only_if"
    case expired
    case capped
    case beforeEntry = "before entry"
    case outsideDays = "outside days"
    case shadow
    case noRecipient = "no recipient"
    case template
    case cancelled

    /// Whether the column stands there even if nothing counts in it.
    var isAlwaysShown: Bool {
      switch self {
      case .sent, .heldOut, .leftFirst, .onlyIf, .expired, .capped: true
      case .beforeEntry, .outsideDays, .shadow, .noRecipient, .template, .cancelled: false
      }
    }

    /// The column in which a reason counts; `nil` for one that is not final.
    init?(_ reason: Reason) {
      switch reason {
      case .sent: self = .sent
      case .heldOut: self = .heldOut
      case .left: self = .leftFirst
      case .skipped(.condition): self = .onlyIf
      case .skipped(.outsideDays): self = .outsideDays
      case .skipped(.shadow): self = .shadow
      case .skipped(.beforeEntry), .skipped(.beforeDeploy), .skipped(.addedLater):
        self = .beforeEntry
      case .dropped(.expired): self = .expired
      case .dropped(.capped): self = .capped
      case .dropped(.noRecipient): self = .noRecipient
      case .dropped(.template): self = .template
      case .cancelled: self = .cancelled
      case .waiting: return nil
      }
    }
  }

  private struct StepKey: Hashable {
    let campaign: String
    let step: String
  }

  private let campaigns: [Campaign]
  private let zone: Zone
  private var counts: [StepKey: [Column: Int]] = [:]
  private var sendsPerDay: [LocalDate: Int] = [:]
  private var messages: MessageDensity

  /// An empty tally of these campaigns, with days in this zone.
  init(campaigns: [Campaign], policy: Policy, zone: Zone) {
    self.campaigns = campaigns
    self.zone = zone
    messages = MessageDensity(channels: policy.channels)
  }

  /// Counts a final decision.
  mutating func add(_ decision: Decision) {
    guard let column = Column(decision.reason) else { return }
    counts[StepKey(campaign: decision.campaign, step: decision.step), default: [:]][
      column,
      default: 0
    ] += 1
    guard decision.outcome == .sent, decision.channel != nil else { return }
    sendsPerDay[zone.date(at: decision.at), default: 0] += 1
    messages.add(decision)
  }

  /// The table and the lines below it.
  func lines(width: Int?) -> [String] {
    if counts.isEmpty {
      return ["Nothing was planned. `nudged check` finds conditions that can never be true."]
    }
    return table.lines(width: width) + closing
  }

  /// The same for machines: every column of every step, and the busiest day.
  var json: JSONValue {
    let busiest = sendsPerDay.max { ($0.value, $1.key) < ($1.value, $0.key) }
    return .object([
      .init("steps", .array(campaigns.flatMap { campaign in campaign.steps.map { json(campaign, $0) } })),
      .init("busiest_day", .optional(busiest.map { "\($0.key)" })),
      .init("sends_on_busiest_day", .whole(busiest?.value ?? 0)),
      .init("most_messages_in_7_days", .whole(messages.most)),
    ])
  }

  private func json(_ campaign: Campaign, _ step: Step) -> JSONValue {
    let counts = counts[StepKey(campaign: campaign.name, step: step.name)] ?? [:]
    return .object(
      [
        .init("campaign", .string(campaign.name)), .init("step", .string(step.name)),
        .init("planned", .whole(counts.values.reduce(0, +))),
      ]
        + Column.allCases.map { column in
          let key = column.rawValue.split(separator: " ").joined(separator: "_")
          return .init(key, .whole(counts[column] ?? 0))
        }
    )
  }

  private var table: Table {
    let used = Set(counts.values.flatMap(\.keys))
    let columns = Column.allCases.filter { $0.isAlwaysShown || used.contains($0) }
    var table = Table([.left])
    table.add(["", "planned"] + columns.map(\.rawValue))
    for campaign in campaigns {
      if campaigns.count > 1 { table.add([campaign.name]) }
      for step in campaign.steps {
        let counts = counts[StepKey(campaign: campaign.name, step: step.name)] ?? [:]
        let planned = counts.values.reduce(0, +)
        table.add(
          ["  " + step.name, planned.grouped] + columns.map { (counts[$0] ?? 0).grouped }
        )
      }
    }
    return table
  }

  private var closing: [String] {
    let busiest = sendsPerDay.max { ($0.value, $1.key) < ($1.value, $0.key) }
    guard let busiest else { return ["Nothing was sent."] }
    let (day, sends) = (busiest.key, busiest.value)
    let first = "busiest day: \(day.weekday.shortName) \(day), \(sends.counted("send"))."
    let most = messages.most
    return [
      first
        + (most == 0
          ? " None of them was a message."
          : " Nobody got more than \(most.counted("message")) in any 7 days.")
    ]
  }
}

/// The most messages that anybody got in seven days of clock time.
struct MessageDensity {
  private static let windowMilliseconds: Int64 = 7 * 86_400_000

  private let channels: [String: Channel]
  /// When each recipient got messages in the last seven days.
  private var recent: [SubjectID: [Timestamp]] = [:]
  /// The most so far.
  private(set) var most = 0

  /// Nothing sent yet; channels that are not named here are built in.
  init(channels: [String: Channel]) {
    self.channels = channels
  }

  /// Notes a sent decision, each no earlier than the one before it.
  mutating func add(_ decision: Decision) {
    guard let recipient = decision.to, let name = decision.channel,
      (channels[name] ?? Channel.builtIn(name)).kind == .message
    else { return }
    let begin = decision.at.adding(milliseconds: -MessageDensity.windowMilliseconds)
    var sends = recent[recipient, default: []]
    sends.removeAll { $0 <= begin }
    sends.append(decision.at)
    recent[recipient] = sends
    most = max(most, sends.count)
  }
}
