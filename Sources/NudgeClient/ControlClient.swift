import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// What the commands use to talk to the daemon over its control socket.
public struct ControlClient: Sendable {
  private let socketPath: String
  private let call: BoundedCall
  private let pooled: PooledClient

  /// A client of the socket at this path; answers are read up to 16 MiB.
  public init(socketPath: String, deadline: Duration = .seconds(60)) {
    self.socketPath = socketPath
    self.call = BoundedCall(deadline: deadline, maximumBytes: Limits.controlAnswerBytes)
    self.pooled = PooledClient(.bounded(connections: 1, connectTimeout: deadline))
  }

  /// Asks the daemon; `target` is path and query, and begins with `/`.
  ///
  /// - Throws: `refused` when nobody listens, and whatever else breaks the exchange.
  public func send(
    method: String = "GET",
    target: String,
    headers: [HeaderField] = [],
    body: [UInt8] = []
  ) async throws(ExchangeFailure) -> IncomingAnswer {
    let request = self.request(method: method, target: target, headers: headers, body: body)
    let (call, pooled) = (call, pooled)
    let result = await call.run { try await call.answer(to: request, over: pooled.client) }
    switch result {
    case .failed(let failure): throw failure
    case .answered(let answer) where answer.isCut:
      throw ExchangeFailure(.malformed, "the answer is larger than 16 MiB")
    case .answered(let answer): return answer
    }
  }

  private func request(
    method: String,
    target: String,
    headers: [HeaderField],
    body: [UInt8]
  ) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: "http+unix://\(socketPath.percentEncoded)\(target)")
    request.method = HTTPMethod(rawValue: method)
    request.headers = HTTPHeaders(headers.map { ($0.name, $0.value) })
    if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
    return request
  }
}

extension String {
  /// The text with everything but letters, digits, `-`, `.` and `_` written as `%XX`.
  fileprivate var percentEncoded: String {
    let digits = Array("0123456789ABCDEF")
    return utf8.reduce(into: "") { text, byte in
      let character = Character(UnicodeScalar(byte))
      let isPlain =
        byte < 0x80 && (character.isLetter || character.isNumber || "-._".contains(character))
      text += isPlain ? String(character) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
  }
}
