import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeWire

/// `nudged ingest`.
struct IngestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Load files of events into the running daemon.",
    discussion: """
      JSON lines in the Segment form, or tables with a header (CSV), plain or gzip; - is standard \
      input. A column that is called like a field fills it: userId or user_id, event, timestamp, \
      traits.plan, properties.price; --map tells of others:
        nudged ingest people.csv --map email=traits.email --map "Signed up at"=timestamp \\
          --set event="Signed Up"
      A row with an event and traits is two calls, identify and track. Cells that are numbers or \
      true or false in JSON become that, unless the field ends with :text (traits.zip:text); empty \
      ones are left out.

      An interrupted load goes on where it stopped, and an event that is known already changes \
      nothing. A message that cannot be taken is kept with its reason, see `nudged events \
      rejected`; a row of a table with too few or too many cells is told, and not kept. The exit \
      status is then 65.
      """
  )

  @Argument(help: "Files of JSON lines or tables; - for standard input.")
  var files: [String]

  @Flag(help: "Tell what would be taken and what not; asks no daemon and writes nothing.")
  var dryRun = false

  @Flag(help: "Begin at the first line, also of a file that was loaded before.")
  var again = false

  @OptionGroup var input: InputOptions

  @Option(help: "The form of the answer; json is one object for each file.")
  var format = AnswerFormat.text

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if files.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("standard input can be read once: name - once.")
    }
  }

  func run() async throws {
    var rejected = 0
    for file in files {
      let tally = try await dryRun ? rehearse(file) : load(file)
      try tell(tally)
      rejected += tally.rejected
    }
    if rejected > 0 { throw ExitStatus.badData.exit }
  }

  // MARK: Loading

  private func load(_ file: String) async throws -> LoadTally {
    let name = MessageSource.name(of: file)
    let digest = file == "-" ? nil : try FileDigest.text(of: file, readAs: input.signature)
    let done = try await linesDone(digest)
    if done > 0 { output.note("\(name): going on after line \(done.grouped)") }
    var tally = LoadTally(file: name)
    var part = LoadPart(after: done)
    var progress = ProgressBar("Loading \(name)", total: try total(of: file), output: output)
    var source = try MessageSource(file, input)
    noteUnused(source.unused, name)
    while let item = try source.next() {
      switch item {
      case .message(let line) where line.number > done:
        if !part.fits(line) { try await send(&part, &tally, digest) }
        part.add(line)
      case .malformed(let line, let reason) where line > done:
        note(.init(line: line, code: "malformed-row", reason: reason), &tally)
      case .message, .malformed: break
      }
      progress.update(source.offset)
    }
    try await send(&part, &tally, digest)
    progress.finish(source.offset)
    return tally
  }

  private func linesDone(_ digest: String?) async throws -> Int {
    guard let digest, !again else { return 0 }
    return try await control.ask("GET", "/v1/events/lines?file=\(digest)")["lines"]?.wholeNumber
      ?? 0
  }

  /// Waits while the daemon has too much to do; a part that was lost on the way goes again at the next start.
  private func send(
    _ part: inout LoadPart,
    _ tally: inout LoadTally,
    _ digest: String?
  )
    async throws
  {
    guard !part.body.isEmpty else { return }
    let place = digest.map { "&file=\($0)&path=\(tally.file.asPathSegment)" } ?? ""
    let answer = try await control.ask(
      "POST",
      "/v1/events/lines?from=\(part.first)\(place)",
      body: part.body,
      attempts: IngestCommand.attempts
    )
    part = part.following
    tally.taken += answer["taken"]?.wholeNumber ?? 0
    for reason in tally.reject(answer["rejected"]?.wholeNumber ?? 0, reasons(of: answer)) {
      output.note(tally.text(reason))
    }
  }

  /// How often a part is sent to a daemon that has too much to do, with a second between: its queue holds two
  /// seconds' worth.
  private static let attempts = 60

  private func reasons(of answer: JSONValue) -> [LoadTally.Reason] {
    guard case .array(let reasons) = answer["reasons"] else { return [] }
    return reasons.map { reason in
      LoadTally.Reason(
        line: reason["line"]?.wholeNumber ?? 0,
        code: reason["code"]?.text ?? "",
        reason: reason["reason"]?.text ?? ""
      )
    }
  }

  private func note(_ reason: LoadTally.Reason, _ tally: inout LoadTally) {
    if tally.reject(reason) { output.note(tally.text(reason)) }
  }

  /// What counts the progress; `nil` where nobody knows how much comes.
  private func total(of file: String) throws(Failure) -> Int? {
    try file == "-" ? nil : FileDigest.plainBytes(of: file)
  }

  private func noteUnused(_ columns: [String], _ name: String) {
    guard let first = columns.first else { return }
    let list = columns.map { "`\($0)`" }.joined(separator: ", ")
    output.note(
      "\(name):1: not taken: \(list); --map \"\(first)=traits.NAME\" or properties.NAME takes one"
    )
  }

  // MARK: Dry run

  private func rehearse(_ file: String) throws -> LoadTally {
    let name = MessageSource.name(of: file)
    var tally = LoadTally(file: name)
    var progress = ProgressBar("Reading \(name)", total: try total(of: file), output: output)
    var source = try MessageSource(file, input)
    noteUnused(source.unused, name)
    let decoder = try IngestCommand.decoder()
    while let item = try source.next() {
      switch item {
      case .malformed(let line, let reason):
        tally.reject(.init(line: line, code: "malformed-row", reason: reason))
      case .message(let line): add(decoder.decodeAll(line), of: line, to: &tally)
      }
      progress.update(source.offset)
    }
    progress.finish(source.offset)
    return tally
  }

  private static func decoder() throws(Failure) -> LineDecoder {
    do { return try LineDecoder(arrival: SystemClock().now) } catch {
      throw Failure("cannot make a parser: \(error.message)", .inputOutput)
    }
  }

  private func add(
    _ outcomes: [MessageOutcome],
    of line: LineSource.Line,
    to tally: inout LoadTally
  ) {
    for outcome in outcomes {
      switch outcome {
      case .taken: tally.taken += 1
      case .rejected(let rejection):
        tally.reject(.init(line: line.number, code: rejection.code, reason: rejection.reason))
      }
    }
  }

  // MARK: Answer

  private func tell(_ tally: LoadTally) throws {
    let answer = Answer()
    switch format {
    case .json: try answer.line(tally.json.json.text)
    case .text: for line in dryRun ? tally.rehearsed : tally.loaded { try answer.line(line) }
    }
    try answer.finish()
    if !dryRun, tally.rejected > 0 {
      output.note("`nudged events rejected` shows what was not taken.")
    }
  }
}

extension LoadTally {
  /// What was taken.
  fileprivate var loaded: [String] {
    ["\(file): \(taken.counted("event")) taken, \(rejected.counted("line")) rejected"]
  }

  /// What would be taken; then, by line, what not.
  fileprivate var rehearsed: [String] {
    let kinds = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.value.grouped) \($0.key)" }
    let why = kinds.isEmpty ? "" : " (\(kinds.joined(separator: ", ")))"
    let more = rejected - reasons.count
    return [
      "\(file): \(taken.counted("event")) would be taken, \(rejected.counted("line")) rejected\(why)"
    ] + reasons.map { "  \(text($0))" } + (more > 0 ? ["  … and \(more.grouped) more"] : [])
  }
}
