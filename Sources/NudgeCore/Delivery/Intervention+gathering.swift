extension Intervention {
  /// What the interventions of one group and instant become: one with all of their subjects as `items`.
  ///
  /// Ordered by subject, so the order of deciding makes no difference. Where all together are too large or cannot be
  /// rendered, each half goes on its own; the first part has the group's id, each other one that of its first decision.
  public static func gathered(
    _ members: [Intervention],
    by messages: any MessageRenderer
  )
    -> [Intervention]
  {
    let sorted = members.sorted { ($0.subject, $0.id) < ($1.subject, $1.id) }
    guard let first = sorted.first else { return [] }
    return parts(of: sorted[...], id: first.group ?? first.id, by: messages)
  }

  private static func parts(
    of members: ArraySlice<Intervention>,
    id: String,
    by messages: any MessageRenderer
  ) -> [Intervention] {
    if let whole = joined(members, id: id, by: messages) { return [whole] }
    let middle = (members.startIndex + members.endIndex) / 2
    guard middle > members.startIndex else { return [] }
    return parts(of: members[..<middle], id: id, by: messages)
      + parts(of: members[middle...], id: members[middle].id, by: messages)
  }

  /// One intervention about all of these; `nil` when it is too large or its template fails for more than one.
  private static func joined(
    _ members: ArraySlice<Intervention>,
    id: String,
    by messages: any MessageRenderer
  ) -> Intervention? {
    let payloads = members.compactMap { JSONText(wellFormed: $0.payload).value?["data"] }
    guard let first = members.first, case .object(var data)? = payloads.first else { return nil }
    let expiry = members.map(\.expiresAt).min() ?? first.expiresAt
    data.replace("id", .string(id))
    if members.count > 1 {
      data.replace("items", .array(payloads.flatMap(\.items)))
      data.replace("nominal_at", .optional(payloads.compactMap { $0["nominal_at"]?.text }.min()))
      data.replace("expires_at", expiry == .never ? .null : .string(expiry.rfc3339))
      guard let message = try? message(of: .object(data), by: messages) else { return nil }
      data.replace("message", message)
    }
    let bytes = InterventionPayload.envelope(first.channel, at: first.decidedAt, .object(data))
    guard bytes.count <= Limits.payloadBytes || members.count == 1 else { return nil }
    return Intervention(
      id: id,
      channel: first.channel,
      subject: first.subject,
      decidedAt: first.decidedAt,
      expiresAt: expiry,
      payload: bytes
    )
  }

  private static func message(
    of data: JSONValue,
    by messages: any MessageRenderer
  ) throws(MessageFailure) -> JSONValue {
    guard let template = data["template"]?.text else { return .null }
    let message = try messages.message(template: template, values: data)
    return message.map(InterventionPayload.value) ?? .null
  }
}

extension JSONValue {
  fileprivate var items: [JSONValue] {
    if case .array(let items)? = self["items"] { items } else { [] }
  }
}

extension [JSONValue.Member] {
  fileprivate mutating func replace(_ key: String, _ value: JSONValue) {
    guard let place = firstIndex(where: { $0.key == key }) else { return }
    self[place] = JSONValue.Member(key, value)
  }
}
