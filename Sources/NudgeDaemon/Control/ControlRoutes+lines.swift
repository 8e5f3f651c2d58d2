import NudgeCore
import NudgeStore
import NudgeWeb
import NudgeWire

/// A part of a file of events, as `nudged ingest` sends it.
extension ControlRoutes {
  /// Takes lines in and keeps what cannot be taken with its reason: `POST /v1/events/lines?file=DIGEST&path=…&from=LINE`.
  ///
  /// Without `file` nobody notes how far it came, as for what has no beginning to go back to.
  func takeLines(_ query: [String: String], _ body: [UInt8]) async throws -> ControlAnswer {
    guard let first = query["from"].flatMap({ Int($0) }), first >= 1 else {
      return .failure(400, code: "bad-request", message: "write from=LINE, a number from 1 on")
    }
    let now = assembly.clock.now
    let decoder = try LineDecoder(limits: assembly.daemon.settings.webLimits.wire, arrival: now)
    var events: [Event] = []
    var rejected: [(line: Int, rejection: Rejection)] = []
    let lines = body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (place, bytes) in lines.enumerated() where !bytes.isEmpty {
      let line = LineSource.Line(number: first + place, offset: 0, bytes: Array(bytes))
      for outcome in decoder.decodeAll(line) {
        switch outcome {
        case .taken(let event): events.append(event)
        case .rejected(let rejection): rejected.append((line.number, rejection))
        }
      }
    }
    let batch = WireBatch(events: events, rejections: rejected.map(\.rejection))
    if let refusal = refusal(await assembly.queue.take(batch, receivedAt: now)) { return refusal }
    if let digest = query["file"] {
      try assembly.store.noteIngested(
        file: digest,
        path: query["path"] ?? "",
        lines: first - 1 + lines.count
      )
    }
    return ControlAnswer(json: summary(events.count, rejected).json.bytes)
  }

  private func refusal(_ answer: IngestAnswer) -> ControlAnswer? {
    switch answer {
    case .durable: nil
    case .overCapacity:
      .failure(
        429,
        code: "over-capacity",
        message: "the daemon has too much to do; try again later"
      )
    case .diskFull:
      .failure(507, code: "disk-full", message: "the disk is full; nothing of this part was taken")
    case .stopping: .failure(503, code: "stopping", message: "the daemon is stopping")
    }
  }

  /// How far a file was taken in: `GET /v1/events/lines?file=DIGEST`.
  func linesTaken(_ query: [String: String]) throws -> ControlAnswer {
    let lines = try assembly.store.ingestedLines(file: query["file"] ?? "")
    return ControlAnswer(json: JSONValue.object([.init("lines", .whole(lines))]).json.bytes)
  }

  private func summary(_ taken: Int, _ rejected: [(line: Int, rejection: Rejection)]) -> JSONValue {
    .object([
      .init("taken", .whole(taken)),
      .init("rejected", .whole(rejected.count)),
      .init(
        "reasons",
        .array(
          rejected.prefix(Limits.reasonsTold).map { line, rejection in
            .object([
              .init("line", .whole(line)), .init("code", .string(rejection.code)),
              .init("reason", .string(rejection.reason)),
            ])
          }
        )
      ),
    ])
  }
}
