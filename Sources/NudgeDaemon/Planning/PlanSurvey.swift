import Dispatch
import NudgeCore
import NudgeStore
import Synchronization

/// Looks at everybody in a snapshot of the database under two rule sets, piece by piece, on all cores.
///
/// An account and the people whose latest account it is are looked at together.
struct PlanSurvey: Sendable {
  let snapshot: StoreSnapshot
  let edit: Edit
  private let filling: Filling
  /// Where in the log the events of new facts are; people who were anonymous under who they are.
  private let places: [SubjectID: [Int64]]

  init(of snapshot: StoreSnapshot, edit: Edit) throws {
    self.snapshot = snapshot
    self.edit = edit
    filling = try snapshot.missingFacts(of: edit.new.rules)
    places = try PlanSurvey.resolved(try snapshot.places(for: filling), snapshot, edit.old.rules)
  }

  /// The names of the events whose facts are new.
  var newFacts: [String] { filling.events }

  /// What becomes of everybody.
  func effect() throws -> EditEffect {
    let pieces = try snapshot.pieces(of: Limits.subjectsPerPiece)
    let results = Mutex<[Int: Result<EditEffect, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: pieces.count) { place in
      let result = Result { try effect(on: pieces[place]) }
      results.withLock { $0[place] = result }
    }
    return try results.withLock { $0 }.sorted { $0.key < $1.key }
      .reduce(into: EditEffect()) { $0.add(try $1.value.get()) }
  }

  private func effect(on rows: Range<Int64>) throws -> EditEffect {
    var piece = Piece(survey: self)
    let subjects = try piece.gather(try snapshot.subjects(in: rows))
    if !filling.events.isEmpty || filling.readsTraits { try piece.fill() }
    return edit.effect(on: subjects, before: piece.before, after: piece.after)
  }

  private static func resolved(
    _ places: [SubjectID: [Int64]],
    _ snapshot: StoreSnapshot,
    _ rules: RuleIndex
  ) throws -> [SubjectID: [Int64]] {
    var places = places
    for anonymous in places.keys where anonymous.kind == .anonymous {
      guard let bytes = try snapshot.memories(of: [anonymous])[anonymous],
        let person = try Memory(anonymous, from: bytes, for: rules).identity
      else { continue }
      places[person, default: []] += places[anonymous] ?? []
    }
    return places
  }

  /// The memories that some of the people need, as each rule set reads them.
  private struct Piece {
    let survey: PlanSurvey
    var before = World()
    var after = World()

    /// Reads what looking at these subjects needs; tells who is looked at in this piece.
    mutating func gather(_ stored: [StoreSnapshot.Stored]) throws -> [SubjectID] {
      var subjects: [SubjectID] = []
      let now = survey.edit.now
      for found in stored where found.subject.kind != .anonymous {
        try add(found.subject, found.bytes)
        if found.subject.kind == .account {
          let members = (before.memories[found.subject]?.memberNames ?? []).map(SubjectID.user)
          try load(members)
          subjects += members.filter { before.memories[$0]?.account(at: now) == found.subject.id }
          subjects.append(found.subject)
        } else if before.memories[found.subject]?.account(at: now) == nil {
          subjects.append(found.subject)
        }
      }
      for subject in subjects {
        while true {
          let missing = survey.edit.missing(for: subject, in: before)
          if missing.isEmpty { break }
          try load(missing)
        }
      }
      return subjects
    }

    private mutating func load(_ subjects: [SubjectID]) throws {
      let unknown = subjects.filter { before.memories[$0] == nil }
      if unknown.isEmpty { return }
      let found = try survey.snapshot.memories(of: unknown)
      for subject in unknown {
        if let bytes = found[subject] {
          try add(subject, bytes)
        } else {
          before.memories[subject] = Memory(subject: subject)
          after.memories[subject] = Memory(subject: subject)
        }
      }
    }

    private mutating func add(_ subject: SubjectID, _ bytes: [UInt8]) throws {
      guard before.memories[subject] == nil else { return }
      before.memories[subject] = try Memory(subject, from: bytes, for: survey.edit.old.rules)
      after.memories[subject] = try Memory(subject, from: bytes, for: survey.edit.new.rules)
        .cleared(for: survey.filling)
    }

    /// Folds the past into the facts that the old rules have not kept.
    mutating func fill() throws {
      let places = Set(after.memories.keys.flatMap { survey.places[$0] ?? [] }).sorted()
      let engine = survey.edit.new
      for (event, arrivedAt) in try survey.snapshot.events(at: places) {
        while true {
          let missing = engine.missing(for: .event(event, at: arrivedAt), in: after)
          if missing.isEmpty { break }
          try load(missing)
        }
        _ = engine.fill(event, survey.filling, at: arrivedAt, in: &after)
      }
    }
  }
}
