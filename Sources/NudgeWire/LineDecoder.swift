import CSimdjson
public import NudgeCore

/// Reads lines of history: one message in the Segment form each, with its own `receivedAt`.
///
/// The sender's skew is taken out only where `receivedAt`, `sentAt` and `timestamp` are all there
/// (`semantics.md`, ruling 92). Not copyable, since it owns a parser whose buffers every line uses.
public struct LineDecoder: ~Copyable {
  private let parser: EnvelopeParser
  private let limits: WireLimits
  private let arrival: Timestamp?

  /// A decoder of lines.
  ///
  /// - Parameters:
  ///   - limits: What is taken.
  ///   - arrival: When a line without `receivedAt` arrived; `nil` says at its own `timestamp`.
  /// - Throws: `outOfMemory`.
  public init(limits: WireLimits = WireLimits(), arrival: Timestamp? = nil) throws(WireError) {
    self.parser = try EnvelopeParser(limits: limits)
    self.limits = limits
    self.arrival = arrival
  }

  /// The event of a line, or why it is none.
  ///
  /// A message without id gets one made of its line's number and bytes, so that a file that is
  /// read again makes the same events again.
  public func decode(_ line: LineSource.Line) -> MessageOutcome {
    outcomes(of: line) { [reader(of: $0.envelope, in: nil, line, place: 0).outcome()] }[0]
  }

  /// The events of a line, or why they are none: of a message, or of the messages of a batch.
  ///
  /// Ids are made as by ``decode(_:)``, for the further messages of a batch with their places.
  public func decodeAll(_ line: LineSource.Line) -> [MessageOutcome] {
    outcomes(of: line) { document in
      guard document.batch == CSJ_ARRAY, document.envelope.type.isMissing else {
        return [reader(of: document.envelope, in: nil, line, place: 0).outcome()]
      }
      return UnsafeBufferPointer(start: document.messages, count: document.count).enumerated()
        .map { reader(of: $1, in: document.envelope, line, place: $0).outcome() }
    }
  }

  private func outcomes(
    of line: LineSource.Line,
    _ read: (csj_document) -> [MessageOutcome]
  ) -> [MessageOutcome] {
    // What was held of a line that was cut is as long as this.
    if line.isCut || line.bytes.count >= WireLimits.lineBytes {
      return [rejection(of: tooLarge, line)]
    }
    do {
      return read(try parser.parse(line.bytes))
    } catch {
      return [rejection(of: Refusal(error.code, error.message), line)]
    }
  }

  private func reader(
    of message: csj_message,
    in batch: csj_message?,
    _ line: LineSource.Line,
    place: Int
  ) -> MessageReader {
    MessageReader(
      message: message,
      batch: batch,
      kindOfPath: nil,
      arrival: .fromMessage(otherwise: arrival),
      limits: limits,
      makeID: { LineDecoder.id(of: line, place: place) }
    )
  }

  private var tooLarge: Refusal {
    Refusal("too-large", "a message has at most \(limits.messageBytes) bytes")
  }

  private func rejection(of refusal: Refusal, _ line: LineSource.Line) -> MessageOutcome {
    .rejected(
      Rejection(
        code: refusal.code,
        reason: refusal.reason,
        message: Array(line.bytes.prefix(WireLimits.rejectedBytes))
      )
    )
  }

  private static func id(of line: LineSource.Line, place: Int) -> String {
    let digest = Digest.sha256(Array("\(line.number)\n".utf8) + line.bytes)
    return "line_" + Digest.hexadecimal(digest.prefix(16)) + (place > 0 ? "_\(place)" : "")
  }
}
