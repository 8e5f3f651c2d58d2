public import NudgeClient
public import NudgeCore

/// What makes one attempt to hand a delivery over.
///
/// It always comes back, and soon.
public protocol DeliverySender: Sendable {
  /// Makes one attempt; what went wrong is in the result.
  func attempt(_ delivery: Delivery, now: Timestamp) async -> AttemptResult
}

/// What one attempt came to.
public struct AttemptResult: Hashable, Sendable {
  /// What it means.
  public let verdict: Verdict
  /// What the outbox said, at most 4 KiB.
  public let answer: String

  /// A result of these parts.
  public init(verdict: Verdict, answer: String) {
    self.verdict = verdict
    self.answer = answer
  }

  /// What cannot be sent at all, and says nothing of the receiver.
  static func refused(_ reason: String) -> AttemptResult {
    AttemptResult(verdict: Verdict(fate: .dead, health: .indifferent), answer: reason)
  }
}

/// Sends deliveries to one URL, signed as Standard Webhooks 1.0 says.
public struct WebhookOutbox: DeliverySender {
  private let exchange: HTTPExchange
  private let url: WebURL
  private let secrets: [WebhookSecret]
  private let headers: [HeaderField]
  private let on4xx: Verdict.RefusalPolicy

  /// An outbox that posts to this URL.
  ///
  /// `secrets` are the one, or during a rotation the new and the old one; `headers` are sent beside our own, and
  /// win over `content-type` and `user-agent`.
  public init(
    exchange: HTTPExchange,
    url: WebURL,
    secrets: [WebhookSecret],
    headers: [HeaderField] = [],
    on4xx: Verdict.RefusalPolicy = .retry
  ) {
    self.exchange = exchange
    self.url = url
    self.secrets = secrets
    self.headers = headers
    self.on4xx = on4xx
  }

  /// Posts the payload once.
  public func attempt(_ delivery: Delivery, now: Timestamp) async -> AttemptResult {
    let (body, further): ([UInt8], [HeaderField])
    switch delivery.request {
    case .failed(let reason): return .refused(reason)
    case .ready(let own, let fields):
      (body, further) = (
        own?.bytes ?? delivery.payload, fields.map { HeaderField($0.name, $0.value) }
      )
    case nil: (body, further) = (delivery.payload, [])
    }
    guard body.count <= Limits.payloadBytes else {
      return .refused("the payload has \(body.count) bytes, over \(Limits.payloadBytes)")
    }
    let result = await exchange.send(request(delivery.id, body, further, now: now))
    return AttemptResult(
      verdict: Verdict(result, on4xx: on4xx, now: now),
      answer: Self.text(of: result)
    )
  }

  private func request(
    _ id: String,
    _ body: [UInt8],
    _ further: [HeaderField],
    now: Timestamp
  ) -> OutgoingRequest {
    let signed = WebhookSignature.headers(id: id, at: now, body: body, secrets: secrets)
    let headers = headers + further
    let named = Set(headers.map { $0.name.lowercased() })
    let usual = [
      HeaderField("content-type", "application/json"), HeaderField("user-agent", "nudged"),
    ].filter { !named.contains($0.name) }
    return OutgoingRequest(
      method: "POST",
      url: url,
      headers: usual + headers + signed,
      body: body
    )
  }

  private static func text(of result: ExchangeResult) -> String {
    switch result {
    case .failed(let failure):
      "\(failure.kind.rawValue): \(failure.text)".cut(toBytes: Limits.answerBytes)
    case .answered(let answer):
      "\(answer.status) \(String(decoding: answer.body, as: UTF8.self))"
        .cut(toBytes: Limits.answerBytes)
    }
  }
}

extension String {
  /// The longest beginning of whole characters that has no more than this many bytes.
  func cut(toBytes count: Int) -> String {
    guard utf8.count > count else { return self }
    var end = utf8.index(startIndex, offsetBy: count)
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil {
      end = utf8.index(before: end)
    }
    return String(self[..<end])
  }
}
