import NudgeCore

/// What came of the lines of one file, so far.
struct LoadTally {
  /// Why one line was not taken.
  struct Reason {
    let line: Int
    let code: String
    let reason: String
  }

  /// How many reasons are told one by one: a screenful.
  private static let mostTold = 20

  /// What the file is called.
  let file: String
  /// How many events were taken.
  var taken = 0
  /// How many messages were not.
  private(set) var rejected = 0
  /// The first reasons, in the order of the lines.
  private(set) var reasons: [Reason] = []
  /// How often each reason came.
  private(set) var counts: [String: Int] = [:]

  /// Nothing yet.
  init(file: String) {
    self.file = file
  }

  /// One line more was not taken; hands back whether it is to be told now.
  @discardableResult
  mutating func reject(_ reason: Reason) -> Bool {
    rejected += 1
    counts[reason.code, default: 0] += 1
    guard reasons.count < LoadTally.mostTold else { return false }
    reasons.append(reason)
    return true
  }

  /// So many more were not taken, of which only these reasons are known.
  mutating func reject(_ count: Int, _ known: [Reason]) -> [Reason] {
    let told = known.filter { reject($0) }
    rejected += count - known.count
    return told
  }

  /// A reason as one line.
  func text(_ reason: Reason) -> String {
    "\(file):\(reason.line): \(reason.code): \(reason.reason)"
  }

  /// The tally as one JSON object.
  var json: JSONValue {
    .object([
      .init("file", .string(file)), .init("taken", .whole(taken)),
      .init("rejected", .whole(rejected)),
      .init(
        "reasons",
        .array(
          reasons.map { reason in
            .object([
              .init("line", .whole(reason.line)), .init("code", .string(reason.code)),
              .init("reason", .string(reason.reason)),
            ])
          }
        )
      ),
    ])
  }
}
