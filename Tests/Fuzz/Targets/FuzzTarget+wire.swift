import CSimdjson
import NudgeCore
import NudgeWire

/// The instant at which everything arrives: 2026-03-06T09:30:45.123Z.
private let arrival = Timestamp(millisecondsSinceEpoch: 1_772_789_445_123)

extension FuzzTarget {
  /// A body of `/v1/batch`.
  static let segmentBatch = decoding("segment-batch") { body in
    let decoder = SegmentDecoder { "made" }
    return try decoder.decode(body, call: .batch, receivedAt: arrival).events
  }

  /// A body of `/v1/track`.
  static let segmentCall = decoding("segment-call") { body in
    let decoder = SegmentDecoder { "made" }
    return try decoder.decode(body, call: .single(.track), receivedAt: arrival).events
  }

  /// A body of PostHog's `/batch`.
  static let postHog = decoding("posthog") { body in
    try PostHogDecoder { "made" }.decode(body, receivedAt: arrival).events
  }

  /// A body of `/events`: one CloudEvent, or a list.
  static let cloudEvents = decoding("cloudevents") { body in
    try CloudEventsDecoder().decode(body, mode: .structured, receivedAt: arrival).events
  }

  /// A line of a file.
  static let line = decoding("line") { bytes in
    let decoder = try LineDecoder(arrival: arrival)
    return decoder.decodeAll(LineSource.Line(number: 1, offset: 0, bytes: bytes)).compactMap {
      guard case .taken(let event) = $0 else { return nil }
      return event
    }
  }

  /// A decoder whose events must hold strict JSON; it may refuse anything.
  static func decoding(
    _ name: String,
    _ decode: @escaping @Sendable ([UInt8]) throws -> [Event]
  ) -> FuzzTarget {
    FuzzTarget(name: name) { bytes in
      for event in (try? decode(bytes)) ?? [] {
        for body in [event.properties, event.traits, event.traitsOnce, event.context]
        where !body.isEmpty {
          guard case .object = body.value else { return "a body is no JSON object: \(body.text)" }
          guard (try? LenientJSON.strict(body.bytes, depth: 64)) == body.bytes else {
            return "a body is no strict JSON: \(body.text)"
          }
        }
        if event.messageID.isEmpty { return "an event has no id" }
      }
      return nil
    }
  }

  /// What simdjson takes comes out of the lenient reader as it was; what that mends, simdjson takes.
  static let lenientJSON = FuzzTarget(name: "lenient-json") { bytes in
    let document = Array(#"{"properties":"#.utf8) + bytes + Array("}".utf8)
    let lenient = try? LenientJSON.strict(document, depth: 64)
    if isTaken(document), lenient != document {
      return "simdjson takes it, the lenient reader makes it \(lenient.map(text) ?? "an error")"
    }
    if let lenient, !isTaken(lenient) {
      return "simdjson refuses what was mended: \(text(lenient))"
    }
    return nil
  }

  private static func isTaken(_ bytes: [UInt8]) -> Bool {
    guard let parser = csj_parser_new() else { return false }
    defer { csj_parser_free(parser) }
    var document = csj_document()
    let status = bytes.withUnsafeBufferPointer {
      csj_parse(parser, $0.baseAddress, $0.count, 2500, 64, &document)
    }
    return status == CSJ_READ
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// Compressed bytes, which must not inflate past their limit.
  static let gzip = FuzzTarget(name: "gzip") { bytes in
    let limit = 1 << 16
    guard let plain = try? Gzip.inflate(bytes, limit: limit) else { return nil }
    return plain.count <= limit ? nil : "\(plain.count) bytes came out"
  }

  /// A table: written again it is the same, and each row is JSON that a line may be.
  static let table = FuzzTarget(name: "table") { bytes in
    let records = records(of: bytes)
    let again = records.map { written($0) }.joined(separator: [0x0A])
    if !records.isEmpty, FuzzTarget.records(of: Array(again)) != records {
      return "written and read again it is another table"
    }
    return records.lazy.compactMap(brokenRow).first
  }

  private static func records(of bytes: [UInt8]) -> [[[UInt8]]] {
    var parser = CSVParser(separator: UInt8(ascii: ","))
    return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).compactMap { line in
      guard case .record(let cells) = parser.take(line) else { return nil }
      return cells
    }
  }

  private static func written(_ cells: [[UInt8]]) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    return Array(
      cells.map { cell in
        [quote] + cell.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
      }
      .joined(separator: [UInt8(ascii: ",")])
    )
  }

  private static func brokenRow(_ cells: [[UInt8]]) -> String? {
    let fields = [
      "userId", "event", "timestamp", "traits.a", "properties", "context", "groupId", "messageId",
    ]
    let columns = cells.indices.map { $0 < fields.count ? fields[$0] : "properties.\($0)" }
    guard let mapping = try? CSVMapping(columns: columns, maps: []) else { return nil }
    let line = mapping.line(of: cells)
    guard (try? LenientJSON.strict(line, depth: 64)) == line else {
      return "a row is no strict JSON: \(text(line))"
    }
    return line.contains(0x0A) ? "a row has several lines" : nil
  }

  /// An instant, which must be the same when it is written and read again.
  static let time = FuzzTarget(name: "time") { bytes in
    guard let instant = WireTime.parse(bytes) else { return nil }
    let text = instant.rfc3339
    guard instant.millisecondsSinceEpoch >= -62_135_596_800_000 else { return nil }
    return WireTime.parse(text.utf8) == instant ? nil : "\(text) is another instant"
  }
}
