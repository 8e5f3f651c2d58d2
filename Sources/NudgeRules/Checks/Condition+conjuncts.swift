import NudgeCore

extension Condition {
  /// The conditions that must all hold for this one to hold.
  var conjuncts: [Condition] {
    switch self {
    case .all(let inner): inner.flatMap(\.conjuncts)
    case .audience(_, let inner): inner.conjuncts
    default: [self]
    }
  }
}

/// Finds conditions that cannot hold at the same instant; it knows the plain cases.
struct ContradictionCheck {
  let milestones: Int
  let categories: Int

  /// Whether some part of one condition excludes some part of the other.
  func areContradictory(_ left: Condition, _ right: Condition) -> Bool {
    left.conjuncts.contains { one in
      right.conjuncts.contains { excludes(one, $0) || excludes($0, one) }
    }
  }

  /// Whether two parts of one condition exclude each other.
  func isContradictory(_ condition: Condition) -> Bool {
    let parts = condition.conjuncts
    return parts.indices.contains { index in
      parts[..<index].contains {
        excludes($0, parts[index]) || excludes(parts[index], $0)
      }
    }
  }

  private func excludes(_ left: Condition, _ right: Condition) -> Bool {
    switch (left, right) {
    case (.not(let inner), _): inner == right
    case (.milestonesReached(let one), .milestonesReached(let other)):
      NumberTestScan.areContradictory(one, other, over: 0...milestones)
    case (.milestonesReached(let test), .reached):
      milestones > 0 && !NumberTestScan(test, over: 1...milestones).isEverTrue
    case (.categoriesReached(let one), .categoriesReached(let other)):
      NumberTestScan.areContradictory(one, other, over: 0...categories)
    case (.day(let one), .day(let other)):
      NumberTestScan.areContradictory(one, other, over: 0...Int.max)
    case (.activated(let one), .activated(let other)): one != other
    case (.pace(let one), .pace(let other)), (.health(let one), .health(let other)),
      (.segment(let one), .segment(let other)):
      Set(one).isDisjoint(with: other)
    case (.reached(let one), .missing(let other)): one.count == 1 && one == other
    case (.score(let one), .score(let other)): excludes(one, other)
    case (.trait(let one), .trait(let other)), (.accountTrait(let one), .accountTrait(let other)):
      excludes(one, other)
    default: false
    }
  }

  private func excludes(_ left: [IndexedTest], _ right: [IndexedTest]) -> Bool {
    left.contains { one in
      right.contains {
        $0.index == one.index
          && NumberTestScan.areContradictory(one.test, $0.test, over: 0...100)
      }
    }
  }

  private func excludes(_ left: [NamedTest], _ right: [NamedTest]) -> Bool {
    left.contains { one in
      right.contains { other in
        guard one.name == other.name, case .anyOf(let first)? = one.matches.first,
          case .anyOf(let second)? = other.matches.first
        else { return false }
        return Set(first).isDisjoint(with: second)
      }
    }
  }
}
