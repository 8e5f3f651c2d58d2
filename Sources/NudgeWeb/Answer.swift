import HTTPTypes
import Hummingbird
import NIOCore

/// What goes back to a client.
struct Answer: Sendable {
  let status: Int
  let body: [UInt8]
  let contentType: String
  /// Further fields of the head.
  let fields: [(name: HTTPField.Name, value: String)]
  /// What gives the body part by part; `nil`: the body is all there is.
  let stream: (@Sendable () async -> String?)?

  init(
    _ status: Int,
    _ body: [UInt8],
    contentType: String = "application/json",
    fields: [(name: HTTPField.Name, value: String)] = [],
    stream: (@Sendable () async -> String?)? = nil
  ) {
    self.status = status
    self.body = body
    self.contentType = contentType
    self.fields = fields
    self.stream = stream
  }

  /// An error: one JSON object with `code` and `message`, without which SDKs ask again for ever; those of PostHog look
  /// for `detail`.
  static func failure(
    _ status: Int,
    _ code: String,
    _ message: String,
    hasDetail: Bool = false,
    fields: [(name: HTTPField.Name, value: String)] = []
  ) -> Answer {
    let text = Answer.escaped(message)
    let detail = hasDetail ? #","detail":"\#(text)""# : ""
    let body = #"{"code":"\#(code)","message":"\#(text)"\#(detail)}"#
    return Answer(status, Array(body.utf8), fields: fields)
  }

  /// The same answer with further fields.
  func adding(_ more: [(name: HTTPField.Name, value: String)]) -> Answer {
    Answer(status, body, contentType: contentType, fields: fields + more, stream: stream)
  }

  /// The answer for Hummingbird; one to HEAD keeps its length and loses its body.
  func response(isHead: Bool) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = contentType
    if stream == nil { headers[.contentLength] = String(body.count) }
    headers[.xContentTypeOptions] = "nosniff"
    for field in fields { headers[field.name] = field.value }
    return Response(
      status: .init(code: status),
      headers: headers,
      body: isHead ? ResponseBody() : content
    )
  }

  private var content: ResponseBody {
    guard let stream else { return ResponseBody(byteBuffer: ByteBuffer(bytes: body)) }
    return ResponseBody { writer in
      while let text = await stream() { try await writer.write(ByteBuffer(string: text)) }
      try await writer.finish(nil)
    }
  }

  /// No key, or none that we know.
  static let unknownKey = failure(
    401,
    "unknown-key",
    "the key is missing or unknown: send it as Basic user or Bearer token",
    fields: [(.wwwAuthenticate, "Bearer")]
  )

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": escaped += "\\\(scalar)"
      case _ where scalar.value < 0x20: escaped += " "
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
