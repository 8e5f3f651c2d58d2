/// A condition with its answer: the words of the rule file, the values of the facts, and what would change it.
public struct ConditionTree: Hashable, Sendable {
  /// Whether it holds.
  public let holds: Bool
  /// What the rule says.
  public let text: String
  /// What is the case; `nil` where the parts say it.
  let value: Phrase?
  /// What would change it, where the words of the rule do not say as much; `nil` when it is as it should be.
  let hint: Phrase?
  /// What would change it; `nil` when it is as it should be, or when that is not simple.
  let advice: Advice?
  /// The whole answer in one line.
  let brief: Phrase
  /// How much of it is done, where it counts; `nil` elsewhere.
  public let count: Count?
  /// The conditions inside.
  public let children: [ConditionTree]
  /// The first later instant at which time alone could change the answer; `never` if only an event can.
  public let until: Timestamp

  init(
    _ verdict: Verdict,
    _ text: String,
    value: Phrase? = nil,
    hint: Phrase? = nil,
    advice: Advice? = nil,
    brief: Phrase? = nil,
    count: Count? = nil,
    children: [ConditionTree] = []
  ) {
    self.holds = verdict.holds
    self.text = text
    self.value = value
    let told = hint ?? advice.flatMap { $0.isInRule ? nil : $0.text }
    self.hint = told
    self.advice = advice
    self.brief = brief ?? ConditionTree.brief(text, value, told)
    self.count = count
    self.children = children
    self.until = verdict.until
  }

  private static func brief(_ text: String, _ value: Phrase?, _ hint: Phrase?) -> Phrase {
    let known = [value, hint].compactMap(\.self)
    return known.isEmpty ? Phrase(text) : "\(text) (\(known.joined(by: "; ")))"
  }

  /// The same answer under another name.
  func named(_ text: String, brief: Phrase? = nil) -> ConditionTree {
    ConditionTree(
      Verdict(holds, until: until),
      text,
      value: value,
      hint: hint,
      advice: advice,
      brief: brief,
      count: count,
      children: children
    )
  }
}

extension ConditionTree {
  /// So many of so many, as in `1 of 2`.
  public struct Count: Hashable, Sendable, CustomStringConvertible {
    /// How many there are, at most as many as are needed.
    public let done: Int
    /// How many make it true.
    public let needed: Int

    init(done: Int, needed: Int) {
      self.done = min(done, needed)
      self.needed = needed
    }

    /// The count of a test that asks for at least two; `nil` for any other.
    init?(_ done: Int, _ test: NumberTest) {
      guard let least = test.leastCount, least > 1 else { return nil }
      self.init(done: done, needed: least)
    }

    /// The count as `1 of 2`.
    public var description: String { "\(done) of \(needed)" }

    /// Whether this one is nearer to its end.
    func isNearer(than other: Count) -> Bool { done * other.needed > other.done * needed }
  }
}

// MARK: For machines

extension ConditionTree {
  /// The tree with stable keys; instants are RFC 3339 in UTC, and what is absent is null.
  public var json: JSONValue {
    .object([
      .init("holds", .bool(holds)),
      .init("text", .string(text)),
      .init("value", .phrase(value)),
      .init("hint", .phrase(hint ?? advice?.text)),
      .init("done", count.map { .whole($0.done) } ?? .null),
      .init("needed", count.map { .whole($0.needed) } ?? .null),
      .init("changes_at", until.json),
      .init("children", .array(children.map(\.json))),
    ])
  }
}

// MARK: For people

extension ConditionTree {
  /// The whole answer in one line, without a mark.
  public func line(style: TextStyle, in zone: Zone) -> String {
    style.text(brief, in: zone)
  }

  /// The tree, one condition a line, the first one without a branch before it.
  public func lines(style: TextStyle, in zone: Zone) -> [String] {
    let head = "\(style.mark(holds)) \(ownText(width: 0, style, zone))"
    return [head] + childLines(style: style, in: zone)
  }

  /// The first of the lines, without a mark.
  func ownLine(_ style: TextStyle, _ zone: Zone) -> String { ownText(width: 0, style, zone) }

  /// The lines of what is inside, with branches.
  func childLines(style: TextStyle, in zone: Zone) -> [String] {
    let width = children.filter(\.children.isEmpty).map(\.text.count).max() ?? 0
    return children.enumerated().flatMap { place, child in
      let isLast = place == children.count - 1
      let own = "\(style.mark(child.holds)) \(child.ownText(width: width, style, zone))"
      let below = child.childLines(style: style, in: zone).map { (isLast ? "  " : "│ ") + $0 }
      return [style.plain(isLast ? "└ " : "├ ") + own] + below
    }
  }

  private func ownText(width: Int, _ style: TextStyle, _ zone: Zone) -> String {
    let known = [value, hint].compactMap(\.self).map { style.text($0, in: zone) }
    guard !known.isEmpty else { return style.plain(text) }
    return style.plain(text).padded(to: width) + "  " + known.joined(separator: "; ")
  }
}
