import NudgeCore

extension Delivery {
  /// A delivery that is due at once and never expires.
  static func sample(
    _ id: String,
    channel: String = "email",
    due: Timestamp = .distantPast,
    expiresAt: Timestamp = .never,
    payload: String? = nil
  ) -> Delivery {
    Delivery(
      id: id,
      channel: channel,
      payload: Array((payload ?? #"{"id":"\#(id)"}"#).utf8),
      expiresAt: expiresAt,
      state: .pending(due: due),
      attempts: 0,
      crashes: 0,
      lastAnswer: nil
    )
  }
}
