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
    if line.isCut { return rejection(of: tooLarge, line) }
    do {
      let document = try parser.parse(line.bytes)
      let reader = MessageReader(
        message: document.envelope,
        batch: nil,
        kindOfPath: nil,
        arrival: .fromMessage(otherwise: arrival),
        limits: limits,
        makeID: { LineDecoder.id(of: line) }
      )
      return reader.outcome()
    } catch {
      return rejection(of: Refusal(error.code, error.message), line)
    }
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

  private static func id(of line: LineSource.Line) -> String {
    let digest = Digest.sha256(Array("\(line.number)\n".utf8) + line.bytes)
    return "line_" + Digest.hexadecimal(digest.prefix(16))
  }
}
