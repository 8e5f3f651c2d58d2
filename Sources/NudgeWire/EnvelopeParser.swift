import CSimdjson
import NudgeCore

/// One simdjson parser with its buffers.
///
/// Not copyable, since the C++ object behind it exists once and its slices live in its buffers.
struct EnvelopeParser: ~Copyable {
  private let parser: OpaquePointer
  private let limits: WireLimits

  init(limits: WireLimits) throws(WireError) {
    guard let parser = csj_parser_new() else { throw .outOfMemory }
    self.parser = parser
    self.limits = limits
  }

  deinit {
    csj_parser_free(parser)
  }

  /// The envelope of this document, read strictly, else leniently and then strictly again.
  ///
  /// Its slices are good until the next call. Only with `takesLists` may it be a list of messages.
  func parse(_ bytes: [UInt8], takesLists: Bool = false) throws(WireError) -> csj_document {
    guard bytes.count <= limits.bodyBytes else {
      throw .bodyTooLarge(limit: limits.bodyBytes)
    }
    let document = try strictlyOrMended(bytes)
    if document.envelope.whole.kind == CSJ_ARRAY, !takesLists { throw .notAnObject }
    return document
  }

  private func strictlyOrMended(_ bytes: [UInt8]) throws(WireError) -> csj_document {
    if let document = try strictly(bytes) { return document }
    let mended = try LenientJSON.strict(bytes, depth: limits.depth)
    guard let document = try strictly(mended) else {
      throw .malformed(expected: "JSON", at: 0)
    }
    return document
  }

  /// `nil` when simdjson refuses it.
  private func strictly(_ bytes: [UInt8]) throws(WireError) -> csj_document? {
    var document = csj_document()
    let status = bytes.withUnsafeBufferPointer {
      csj_parse(parser, $0.baseAddress, $0.count, limits.batchMessages, limits.depth, &document)
    }
    switch status {
    case CSJ_READ: return document
    case CSJ_NOT_OBJECT:
      // simdjson has looked at the first byte only: nonsense is malformed before all else.
      _ = try LenientJSON.strict(bytes, depth: limits.depth)
      throw .notAnObject
    case CSJ_TOO_MANY: throw .tooManyMessages(limit: limits.batchMessages)
    case CSJ_TOO_DEEP: throw .tooDeep(limit: limits.depth)
    case CSJ_NO_MEMORY: throw .outOfMemory
    default: return nil
    }
  }
}

extension csj_slice {
  /// The bytes, in the parser's buffers.
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start, count: length)
  }

  /// Whether nothing is there, or null.
  var isMissing: Bool {
    kind == CSJ_ABSENT || kind == CSJ_NULL
  }

  /// The slice as text that can be kept.
  var text: String {
    String(storable: bytes)
  }

  /// The instant that a text or a number names; `nil` if it names none.
  var instant: Timestamp? {
    switch kind {
    case CSJ_STRING: WireTime.parse(bytes)
    case CSJ_NUMBER: WireTime.number(bytes)
    default: nil
    }
  }
}
