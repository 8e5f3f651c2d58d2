import NudgeClient
import NudgeCore
import NudgeDaemon
import NudgeWire

/// Sends the sample stream to the daemon over HTTP, each event when its time has come.
struct DemoFeed {
  /// Lines of the stream that arrive close together, and are sent in one request.
  struct Batch {
    let arrival: Timestamp
    let lines: [[UInt8]]
  }

  let batches: [Batch]

  /// The stream up to an instant, in batches of events within a minute.
  init(_ compressed: [UInt8], until end: Timestamp) throws {
    let bytes = try Gzip.inflate(compressed, limit: DemoFeed.largestStream)
    var batches: [Batch] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")).map(Array.init) {
      guard let arrival = DemoFeed.arrival(of: line), arrival <= end else { continue }
      let event = DemoFeed.withoutSendingTime(line)
      if let last = batches.last, arrival.milliseconds(since: last.arrival) < 60_000 {
        batches[batches.count - 1] = Batch(arrival: last.arrival, lines: last.lines + [event])
      } else {
        batches.append(Batch(arrival: arrival, lines: [event]))
      }
    }
    self.batches = batches
  }

  /// The unpacked stream has some 2 MB.
  private static let largestStream = 16 << 20

  private static func arrival(of line: [UInt8]) -> Timestamp? {
    JSONText(wellFormed: line).value?["receivedAt"]?.text.flatMap { Timestamp(rfc3339: $0) }
  }

  /// The event without `sentAt` and `receivedAt`: sent now, a client's clock would seem to be wrong by days.
  private static func withoutSendingTime(_ line: [UInt8]) -> [UInt8] {
    let members = JSONText(wellFormed: line).members.filter {
      $0.key != "sentAt" && $0.key != "receivedAt"
    }
    return JSONValue.object(members).json.bytes
  }

  /// Sends everything; `clock` lets time go on from batch to batch.
  func send(to port: Int, key: String, clock: DemoClock) async throws {
    let exchange = HTTPExchange(
      policy: AddressPolicy(
        allowedNetworks: ["127.0.0.0/8"].compactMap(IPNetwork.init),
        allowsHTTP: true
      )
    )
    let url = try WebURL("http://127.0.0.1:\(port)/v1/batch")
    for batch in batches {
      clock.open(until: batch.arrival)
      try await clock.sleep(until: batch.arrival)
      let result = await exchange.send(
        OutgoingRequest(
          method: "POST",
          url: url,
          headers: [
            HeaderField("content-type", "application/json"),
            HeaderField("authorization", "Bearer \(key)"),
          ],
          body: batch.body
        )
      )
      guard case .answered(let answer) = result, answer.status == 200 else {
        // Interrupted, the exchange ends before its answer; that is no fault of the daemon's.
        try Task.checkCancellation()
        throw Failure("the daemon did not take the demo's events: \(result)", .bug)
      }
    }
  }
}

extension DemoFeed.Batch {
  fileprivate var body: [UInt8] {
    Array("{\"batch\":[".utf8) + lines.joined(separator: [UInt8(ascii: ",")]) + Array("]}".utf8)
  }
}
