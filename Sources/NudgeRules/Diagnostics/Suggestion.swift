/// Finds what somebody meant to write.
public enum Suggestion {
  /// The known word nearest to this one: at most two edits away, or one is the beginning of the other.
  ///
  /// `nil` when none is near. Of equally near words the first in the order given wins.
  public static func nearest(to word: String, among known: some Sequence<String>) -> String? {
    let bound = word.count <= 3 ? 1 : 2
    let ranked = known.compactMap { candidate -> (distance: Int, candidate: String)? in
      let distance = editDistance(word, candidate)
      if distance <= bound { return (distance, candidate) }
      let isBeginning = word.count >= 3 && (candidate.hasPrefix(word) || word.hasPrefix(candidate))
      return isBeginning && candidate.count >= 3 ? (bound + 1, candidate) : nil
    }
    return ranked.min { $0.distance < $1.distance }?.candidate
  }

  /// `["did you mean `x`?"]`, or nothing when no known word is near.
  static func label(for word: String, among known: some Sequence<String>) -> [String] {
    nearest(to: word, among: known).map { ["did you mean `\($0)`?"] } ?? []
  }

  /// The least number of inserted, dropped, exchanged or swapped neighbouring characters.
  static func editDistance(_ left: String, _ right: String) -> Int {
    let (first, second) = (Array(left), Array(right))
    guard abs(first.count - second.count) <= 3 else { return 4 }
    var older: [Int] = []
    var row = Array(0...second.count)
    for (index, character) in first.enumerated() {
      var next = [index + 1]
      for (place, other) in second.enumerated() {
        var cost = min(
          next[place] + 1,
          row[place + 1] + 1,
          row[place] + (character == other ? 0 : 1)
        )
        if index > 0, place > 0, character == second[place - 1], first[index - 1] == other {
          cost = min(cost, older[place - 1] + 1)
        }
        next.append(cost)
      }
      (older, row) = (row, next)
    }
    return row[second.count]
  }
}
