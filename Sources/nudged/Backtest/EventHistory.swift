import Glibc
import NudgeCore
import NudgeWire

/// Files of events as one history, in the order of arrival, with memory that does not grow with them.
///
/// A file that is in order is read where it stands; another is sorted through a temporary file. Not copyable,
/// since it is read once.
struct EventHistory: ~Copyable {
  /// What all files hold.
  let survey: EventSurvey
  /// Who may be decided for side by side.
  let parts: Parts
  private var merge: EventMerge
  private var repeats: RepeatList

  /// Reads through the files at these paths; tells how many events there are so far.
  init(paths: [String], for engine: Engine, onProgress: (Int) -> Void) throws(Failure) {
    var survey = EventSurvey()
    var runs: [any EventRun] = []
    let (finder, parts) = (RepeatFinder(), PartFinder(engine))
    for (place, path) in paths.enumerated() {
      var reader = HistoryFile(path: path, place: place, before: survey.events) {
        event throws(Failure) in
        try finder.note(event)
        parts.note(event.event)
      }
      runs += try reader.runs(onProgress: onProgress)
      survey.add(reader.survey)
    }
    let merge = try EventMerge(runs)
    let repeats = try finder.repeats()
    self.merge = merge
    self.repeats = repeats
    self.parts = parts.parts(min(EventHistory.processors, Limits.parts))
    self.survey = survey
  }

  private static var processors: Int {
    max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// The next event of all that is no repeat; `nil` at the end.
  mutating func next() throws(Failure) -> ArrivedEvent? {
    while let event = try merge.next() {
      if try !repeats.hold(event.arrival) { return event }
    }
    return nil
  }
}

/// Runs as one.
private struct EventMerge {
  private struct Head {
    let event: ArrivedEvent
    let run: any EventRun
  }

  /// The next event of each run, the first of all at the end.
  private var heads: [Head] = []

  init(_ runs: [any EventRun]) throws(Failure) {
    for run in runs { try refill(run) }
  }

  mutating func next() throws(Failure) -> ArrivedEvent? {
    guard let head = heads.popLast() else { return nil }
    try refill(head.run)
    return head.event
  }

  private mutating func refill(_ run: any EventRun) throws(Failure) {
    guard let event = try run.next() else { return }
    var (low, high) = (0, heads.count)
    while low < high {
      let middle = (low + high) / 2
      if heads[middle].event.arrival < event.arrival { high = middle } else { low = middle + 1 }
    }
    heads.insert(Head(event: event, run: run), at: low)
  }
}

/// One file on its way into a history.
private struct HistoryFile {
  let path: String
  let place: Int
  /// How many events the files in front of it hold.
  let before: Int
  /// Gets every event once.
  let note: (ArrivedEvent) throws(Failure) -> Void
  private(set) var survey = EventSurvey()

  init(
    path: String,
    place: Int,
    before: Int,
    note: @escaping (ArrivedEvent) throws(Failure) -> Void
  ) {
    self.path = path
    self.place = place
    self.before = before
    self.note = note
  }

  /// The runs that hold the file's events.
  mutating func runs(onProgress: (Int) -> Void) throws(Failure) -> [any EventRun] {
    let note = note
    // A pipe can be read once only, so its order is not known beforehand.
    guard isRegular else {
      return try sorted(onProgress, note)
    }
    try read(onProgress) { event, _ throws(Failure) in try note(event) }
    if survey.isInOrder { return [try EventFile(path: path, place: place)] }
    survey = EventSurvey()
    return try sorted(onProgress) { _ throws(Failure) in }
  }

  private mutating func sorted(
    _ onProgress: (Int) -> Void,
    _ note: (ArrivedEvent) throws(Failure) -> Void
  ) throws(Failure) -> [any EventRun] {
    var sorter = try EventSorter()
    try read(onProgress) { event, line throws(Failure) in
      try note(event)
      try sorter.add(line, at: event.arrival)
    }
    return try sorter.runs()
  }

  private mutating func read(
    _ onProgress: (Int) -> Void,
    _ take: (ArrivedEvent, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let file = try EventFile(path: path, place: place)
    while let content = try file.nextContent() {
      switch content {
      case .event(let event, let line):
        survey.note(event.arrival)
        try take(event, line.bytes)
      case .rejected(let rejection, let line):
        survey.note(rejection, path: path, line: line)
      }
      onProgress(before + survey.events)
    }
  }

  private var isRegular: Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
