import NudgeCore
import NudgeDaemon
import NudgeRules
import NudgeStore

/// The hints that a database gives about rules.
struct HistoryHints {
  let path: String
  let rules: LoadedRules
  let output: OutputOptions

  /// `dead-event`, `number-vs-text` and `volume`, but for what comments allow; empty, with a note, when the
  /// database holds no events.
  ///
  /// - Throws: ``Failure`` when it cannot be read.
  func hints(today: LocalDate) throws(Failure) -> [Diagnostic] {
    let database = try open()
    let check = HistoryCheck(files: rules.configuration.ruleFiles)
    return try InputFile.explained {
      var history = RecordedHistory(lastSeen: try database.lastSeen())
      guard history.until > .distantPast else {
        output.note("There are no events in \(path).")
        return []
      }
      try note(check, from: database, in: &history)
      let limit = rules.configuration.reading.settings?["volume_limit"]?.text.flatMap { Int($0) }
      if limit != nil { try noteEntries(from: database, in: &history) }
      return Suppression.apply(
        to: check.hints(from: history, volumeLimit: limit),
        files: rules.configuration.ruleFiles,
        today: today
      )
    }
  }

  private func open() throws(Failure) -> HistoryDatabase {
    do throws(Store.Failure) {
      return try HistoryDatabase(path: path)
    } catch {
      throw Failure(error)
    }
  }

  private func note(
    _ check: HistoryCheck,
    from database: HistoryDatabase,
    in history: inout RecordedHistory
  ) throws {
    let seen = try database.propertyValues(
      of: Set(check.properties.map(\.event)),
      properties: Set(check.properties.map(\.name)),
      atMost: Limits.sightings
    )
    for sighting in seen {
      let property = EventProperty(event: sighting.event, name: sighting.name)
      history.note(sighting.value, of: property)
    }
    for sighting in try database.traitValues(of: check.traits, atMost: Limits.sightings) {
      history.note(sighting.value, ofTrait: sighting.name)
    }
  }

  /// Runs the rules over all events and counts who enters in the last 30 days.
  private func noteEntries(
    from database: HistoryDatabase,
    in history: inout RecordedHistory
  ) throws {
    guard let ruleSet = rules.configuration.reading.ruleSet else { return }
    let recent = history.recent
    var entries = EntryCount(since: recent)
    var rehearsal = Rehearsal(Engine(rules: ruleSet, zones: rules.zones))
    var bar = ProgressBar("Replaying", total: nil, output: output)
    var done = 0
    try database.forEachEvent { event, arrival in
      rehearsal.take(event, at: max(arrival, rehearsal.now))
      entries.add(rehearsal.drain().enrolments)
      done += 1
      bar.update(done)
    }
    bar.finish(done)
    for (campaign, count) in entries.byCampaign { history.note(entries: count, into: campaign) }
  }
}

/// Counts passages that began at or after an instant, each once.
private struct EntryCount {
  private let start: Timestamp
  private var counted: Set<String> = []
  private(set) var byCampaign: [String: Int] = [:]

  init(since start: Timestamp) {
    self.start = start
  }

  mutating func add(_ changes: [EnrolmentChange]) {
    for change in changes where change.enteredAt >= start {
      let key = "\(change.campaign)/\(change.number)/\(change.subject)"
      if counted.insert(key).inserted { byCampaign[change.campaign, default: 0] += 1 }
    }
  }
}
