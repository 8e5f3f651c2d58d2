import GRDB
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeStore

/// Whoever is read to tell how one subject stood at an instant of the past.
@Suite struct `A household` {
  private func event(
    _ kind: Event.Kind,
    user: String? = nil,
    anonymous: String? = nil,
    previous: String? = nil
  ) -> Event {
    let instant = Timestamp(millisecondsSinceEpoch: 1_772_442_000_000)
    return Event(
      messageID: "m-\(kind.rawValue)-\(user ?? "")-\(anonymous ?? "")",
      kind: kind,
      userID: user,
      anonymousID: anonymous,
      previousID: previous,
      name: kind == .track ? "Visited" : "",
      timestamp: instant,
      receivedAt: instant
    )
  }

  @Test(arguments: [SubjectID.user("ana"), .anonymous("v1"), .user("v1")], [0, 1, 2, 3])
  func `holds the visitor and the person, whichever is asked for and whatever ties them`(
    subject: SubjectID,
    tie: Int
  ) throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path(of: "nudged.db"))
    let ties = [
      event(.alias, user: "ana", previous: "v1"),
      event(.identify, user: "ana", anonymous: "v1"),
      event(.alias, anonymous: "ana", previous: "v1"),
      event(.alias, anonymous: "v1", previous: "ana"),
    ]
    let events = [event(.track, anonymous: "v1"), event(.track, user: "ana"), ties[tie]]
    let engine = Scenario(seed: 0).engine
    _ = try store.process(
      events,
      at: Timestamp(millisecondsSinceEpoch: 1_772_442_000_000),
      by: engine
    )
    try store.reader.read { database in
      let reader = HistoryReader(database: database)
      let cursor = try reader.events(of: reader.household(of: subject))
      var count = 0
      while try cursor.next() != nil { count += 1 }
      #expect(count == 3)
    }
  }
}
