/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )

  static func encoded(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for index in 0...group.count { text.append(alphabet[bits >> (18 - 6 * index) & 63]) }
      for _ in group.count..<3 { text.append(UInt8(ascii: "=")) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes that the text stands for, with or without padding; `nil` when it is not Base64.
  static func decoded(_ text: some StringProtocol) -> [UInt8]? {
    var body = Array(text.utf8)
    while body.last == UInt8(ascii: "="), body.count + 2 > text.utf8.count { body.removeLast() }
    guard body.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    var bits = 0
    for (index, byte) in body.enumerated() {
      guard let value = alphabet.firstIndex(of: byte) else { return nil }
      bits = (bits << 6 | value) & 0xffff
      if index % 4 != 0 { bytes.append(UInt8(bits >> (6 - index % 4 * 2) & 255)) }
    }
    return bytes
  }
}
