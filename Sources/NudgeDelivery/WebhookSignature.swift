public import NudgeClient
public import NudgeCore

/// The headers by which a receiver knows a message as ours (Standard Webhooks 1.0).
public enum WebhookSignature {
  /// The value of `webhook-signature`: one `v1,…` for each secret, so that a rotation goes unnoticed.
  ///
  /// What is signed is `id.timestamp.body`, the timestamp in whole seconds.
  public static func value(
    id: String,
    at instant: Timestamp,
    body: [UInt8],
    secrets: [WebhookSecret]
  ) -> String {
    let signed = Array("\(id).\(seconds(instant)).".utf8) + body
    return secrets.map { secret in
      "v1,\(Base64.encoded(Digest.hmacSHA256(signed, key: secret.key)))"
    }.joined(separator: " ")
  }

  /// `webhook-id`, `webhook-timestamp` and, unless there is no secret, `webhook-signature`.
  public static func headers(
    id: String,
    at instant: Timestamp,
    body: [UInt8],
    secrets: [WebhookSecret]
  ) -> [HeaderField] {
    let plain = [
      HeaderField("webhook-id", id), HeaderField("webhook-timestamp", "\(seconds(instant))"),
    ]
    guard !secrets.isEmpty else { return plain }
    let signature = value(id: id, at: instant, body: body, secrets: secrets)
    return plain + [HeaderField("webhook-signature", signature)]
  }

  private static func seconds(_ instant: Timestamp) -> Int64 {
    instant.millisecondsSinceEpoch / 1000
  }
}
