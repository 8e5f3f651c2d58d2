import NudgeCore
import NudgeRules
import Testing

@Suite struct HistoryTests {
  private static let rules = SourceFile(
    path: "rules/history.yaml",
    text: """
      nudged: 1
      audiences:
        fit:
          all:
            - trait: {role: [founder, proudct], company_size: "20"}
            - trait: {nickname: {exists: false}}
      models:
        m:
          subject: user
          starts: {did: Signed Up}
          milestones:
            created: {reached_when: {did: Projct Created}}
            connected: {reached_when: {did: Connected, where: {kind: [slack, teams], size: 3}}}
            shared: {reached_when: {did: Shared, where: {with: {exists: true}}}}
          metrics:
            tasks: {sum: minutes, of: Task Done, where: {list: inbox}}
      campaigns:
        c:
          model: m
          who: {any: [{audience: fit}, {metric: {tasks: 3}}]}
          while: {activated: false}
          steps: [{name: s, on_day: 1, at: "09:00", send: email}]

      """
  )

  private var history: RecordedHistory {
    var history = RecordedHistory(lastSeen: [
      "Signed Up": Self.day(200), "Project Created": Self.day(199), "Connected": Self.day(198),
      "Shared": Self.day(197), "Task Done": Self.day(101),
    ])
    history.note(.text("slack"), of: EventProperty(event: "Connected", name: "kind"))
    history.note(.text("team"), of: EventProperty(event: "Connected", name: "kind"))
    history.note(.text("3"), of: EventProperty(event: "Connected", name: "size"))
    history.note(nil, of: EventProperty(event: "Task Done", name: "list"))
    history.note(.text("founder"), ofTrait: "role")
    history.note(.text("product"), ofTrait: "role")
    history.note(.number(Number(20)), ofTrait: "company_size")
    history.note(.text("20"), ofTrait: "company_size")
    history.note(entries: 4120, into: "c")
    return history
  }

  private static func day(_ number: Int64) -> Timestamp {
    Timestamp(millisecondsSinceEpoch: 1_770_000_000_000 + number * 86_400_000)
  }

  @Test func `hints say what was not seen, and what would be right`() throws {
    let hints = HistoryCheck(files: [Self.rules]).hints(from: history, volumeLimit: 1000)
    try expectGolden(DiagnosticPrinter(files: [Self.rules]).text(of: hints), "from-history.txt")
    #expect(Set(hints.map(\.code)) == [.deadEvent, .numberVsText, .volume])
    #expect(hints.allSatisfy { $0.level == .hint })
  }

  @Test func `rules that name what is seen get no hint`() throws {
    let check = HistoryCheck(files: try Samples.rules())
    var events: Set<String> = []
    for hint in check.hints(from: RecordedHistory(lastSeen: [:]), volumeLimit: nil) {
      if let name = hint.message.split(separator: "`").dropFirst().first,
        hint.message.hasPrefix("the event")
      {
        events.insert(String(name))
      }
    }
    var history = RecordedHistory(
      lastSeen: Dictionary(uniqueKeysWithValues: events.map { ($0, Self.day(0)) })
    )
    for property in check.properties { history.note(nil, of: property) }
    for trait in check.traits { history.note(nil, ofTrait: trait) }
    #expect(events.contains("Project Created") && events.contains("Session Started"))
    #expect(check.hints(from: history, volumeLimit: 0).isEmpty)
  }

  @Test func `a comment allows a hint`() {
    let file = SourceFile(
      path: "a.yaml",
      text: """
        nudged: 1
        # nudged: allow dead-event until 2027-01-31 — comes with the next release
        models: {m: {subject: user, starts: {did: Signed Up}}}
        """
    )
    let hints = HistoryCheck(files: [file]).hints(
      from: RecordedHistory(lastSeen: ["Other": Self.day(0)]),
      volumeLimit: nil
    )
    #expect(hints.map(\.code) == [.deadEvent])
    let day = LocalDate("2026-12-01")
    #expect(Suppression.apply(to: hints, files: [file], today: day).isEmpty)
    let late = Suppression.apply(to: hints, files: [file], today: LocalDate("2027-02-01"))
    #expect(late.map(\.code) == [.badAllow, .deadEvent])
  }
}
