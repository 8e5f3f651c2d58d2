/// What names a message for ever.
enum MessageID {
  /// The id in this text, without the space round it; `nil` when it is blank.
  static func read(
    _ text: some BidirectionalCollection<UInt8>,
    _ field: String
  ) throws(Refusal) -> String? {
    let trimmed = trimmed(text)
    if trimmed.isEmpty { return nil }
    let id = String(storable: trimmed)
    let limit = WireLimits.messageIDCharacters
    guard trimmed.count <= limit || id.unicodeScalars.count <= limit else {
      throw Refusal("long-message-id", "`\(field)` has at most \(limit) characters")
    }
    return id
  }

  private static func trimmed<Text: BidirectionalCollection<UInt8>>(
    _ text: Text
  )
    -> Text.SubSequence
  {
    var text = text[...]
    while let first = text.first, isSpace(first) { text.removeFirst() }
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}

extension String {
  /// The text of these bytes; U+FFFD stands for NUL, at which SQLite's texts end.
  init(storable bytes: some Collection<UInt8>) {
    let text = String(decoding: bytes, as: UTF8.self)
    self = bytes.contains(0) ? String(text.map { $0 == "\0" ? "\u{FFFD}" : $0 }) : text
  }
}

extension WireLimits {
  func check(messageOf count: Int) throws(Refusal) {
    guard count > messageBytes else { return }
    throw Refusal(
      "too-large",
      "a message has at most \(messageBytes) bytes, this one has \(count)"
    )
  }
}
