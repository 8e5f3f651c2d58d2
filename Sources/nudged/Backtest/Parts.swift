import NudgeCore

/// Finds who has to do with whom, so that people who have not can be decided for side by side.
///
/// A class, since all files of a history give to one. Its memory grows with the number of subjects, not of events.
final class PartFinder {
  private let engine: Engine
  /// By the hash of a subject: two with one hash land in one part, which is never wrong.
  private var places: [Int: Int32] = [:]
  /// For each place one that it is tied to; itself at the root.
  private var parents: [Int32] = []

  /// Nobody yet; the engine tells whom an event ties together.
  init(_ engine: Engine) {
    self.engine = engine
  }

  /// Notes whom an event ties together.
  func note(_ event: Event) {
    let tied = engine.tied(by: event)
    guard let first = tied.first else { return }
    let place = place(of: first)
    for other in tied.dropFirst() { join(place, self.place(of: other)) }
  }

  /// Everybody who was noted, in so many parts.
  func parts(_ count: Int) -> Parts {
    Parts(count: count, byHash: places.mapValues { Int(root(of: $0)) % count })
  }

  private func place(of subject: SubjectID) -> Int32 {
    let fresh = Int32(parents.count)
    let place = places[subject.hashValue, default: fresh]
    guard place == fresh else { return place }
    places[subject.hashValue] = fresh
    parents.append(fresh)
    return fresh
  }

  private func join(_ left: Int32, _ right: Int32) {
    let (one, other) = (root(of: left), root(of: right))
    // The older place stays, so that roots lie near the beginning and paths stay short.
    parents[Int(max(one, other))] = min(one, other)
  }

  private func root(of place: Int32) -> Int32 {
    var place = place
    while parents[Int(place)] != place {
      parents[Int(place)] = parents[Int(parents[Int(place)])]
      place = parents[Int(place)]
    }
    return place
  }
}

/// Which part each subject belongs to; everything that ties subjects lies within one.
struct Parts {
  /// How many there are.
  let count: Int
  private let byHash: [Int: Int]

  /// Everybody in one part.
  static let one = Parts(count: 1, byHash: [:])

  fileprivate init(count: Int, byHash: [Int: Int]) {
    self.count = count
    self.byHash = byHash
  }

  /// The part of an event that was noted; the first for one that is about nobody.
  func part(of event: Event) -> Int {
    guard count > 1, let subject = event.subject ?? event.groupID.map(SubjectID.account) else {
      return 0
    }
    return byHash[subject.hashValue] ?? 0
  }
}
