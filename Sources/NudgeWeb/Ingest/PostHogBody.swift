import NudgeWire

/// The JSON in a body of PostHog's SDKs, which wrap it in ways of their own.
///
/// Browsers send it as gzip that only the address tells of (`compression=gzip-js`), or as a form whose field `data`
/// holds it in Base64 or plain.
enum PostHogBody {
  /// The JSON behind these bytes, `Content-Encoding` already undone.
  static func json(
    _ bytes: [UInt8],
    contentType: String,
    query: [String: String],
    limit: Int
  ) throws -> [UInt8] {
    // curl calls every body a form that it is not told more of.
    let isForm = contentType.hasPrefix("application/x-www-form-urlencoded") && !isPlain(bytes)
    guard isForm || bytes.starts(with: "data=".utf8) else {
      return try unpacked(bytes, query["compression"], limit: limit)
    }
    let form = PercentEncoding.query(String(decoding: bytes, as: UTF8.self))
    guard let data = form["data"] else {
      throw IngestRefusal(status: 400, code: "no-data", message: "the form needs the field `data`")
    }
    let compression = form["compression"] ?? query["compression"]
    return try unpacked(Array(data.utf8), compression, limit: limit)
  }

  private static func isPlain(_ bytes: [UInt8]) -> Bool {
    bytes.first { $0 > 0x20 }.map { "{[".utf8.contains($0) } ?? false
  }

  private static func unpacked(
    _ bytes: [UInt8],
    _ compression: String?,
    limit: Int
  ) throws -> [UInt8] {
    if bytes.starts(with: [0x1F, 0x8B]) { return try BodyReader.inflated(bytes, limit: limit) }
    // Some SDKs name a compression and send plain JSON all the same.
    if isPlain(bytes) { return bytes }
    switch compression {
    case nil, "base64", "gzip-js", "gzip": return try decoded(bytes, limit: limit)
    case .some(let name):
      throw IngestRefusal(
        status: 400,
        code: "unknown-encoding",
        message: "`compression` is `\(name.prefix(40))`, and must be gzip-js or base64"
      )
    }
  }

  /// Base64, in which a form makes a space of each plus; what is none is left to the reader of JSON to refuse.
  private static func decoded(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
    let text = bytes.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "+") : $0 }
    guard let plain = Base64.decode(text), !plain.isEmpty else { return bytes }
    return plain.starts(with: [0x1F, 0x8B])
      ? try BodyReader.inflated(plain, limit: limit) : plain
  }
}
