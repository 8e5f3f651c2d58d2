import NudgeCore

/// JSON objects put together as bytes, without reading their values.
enum RawObject {
  /// One member of an object, as it stands: from the key's quote to the value's last byte.
  struct Member {
    /// The key between its quotes, escapes and all.
    let key: ArraySlice<UInt8>
    let value: ArraySlice<UInt8>
    let whole: ArraySlice<UInt8>
  }

  /// All members of `upper`, and those of `lower` whose keys are not in it.
  static func merge(_ lower: JSONText, under upper: JSONText) -> JSONText {
    if upper.bytes.count <= 2 { return lower.isEmpty ? upper : lower }
    if lower.bytes.count <= 2 { return upper }
    let kept = members(of: upper.bytes)
    let keys = Set(kept.map(\.key))
    let added = members(of: lower.bytes).filter { !keys.contains($0.key) }
    return object(of: added + kept)
  }

  /// The object with one more member, unless it has that key.
  static func adding(_ key: String, _ value: [UInt8], to object: JSONText) -> JSONText {
    merge(JSONText(wellFormed: Array("{\"\(key)\":".utf8) + value + [0x7D]), under: object)
  }

  static func object(of members: [Member]) -> JSONText {
    var bytes: [UInt8] = [0x7B]
    for (place, member) in members.enumerated() {
      if place > 0 { bytes.append(0x2C) }
      bytes += member.whole
    }
    bytes.append(0x7D)
    return JSONText(wellFormed: bytes)
  }

  /// The members of a checked object.
  static func members(of bytes: [UInt8]) -> [Member] {
    var scanner = MemberScanner(bytes: bytes)
    return scanner.members()
  }
}

/// Finds where members begin and end in a checked object.
private struct MemberScanner {
  let bytes: [UInt8]
  var position = 1

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func members() -> [RawObject.Member] {
    var found: [RawObject.Member] = []
    while skip(to: UInt8(ascii: "\"")) {
      let begin = position
      skipString()
      let key = bytes[begin + 1..<position - 1]
      let value = beginningOfValue
      skipValue()
      let end = trimmed(position)
      found.append(
        RawObject.Member(key: key, value: bytes[value..<end], whole: bytes[begin..<end])
      )
    }
    return found
  }

  /// Behind the colon and the space round it.
  private var beginningOfValue: Int {
    var place = position
    while place < bytes.count, bytes[place] <= 0x20 || bytes[place] == UInt8(ascii: ":") {
      place += 1
    }
    return place
  }

  private mutating func skip(to byte: UInt8) -> Bool {
    while position < bytes.count, bytes[position] != byte { position += 1 }
    return position < bytes.count
  }

  private mutating func skipString() {
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    position += 1
  }

  /// Up to the comma or brace that ends the member.
  private mutating func skipValue() {
    var depth = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        skipString()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ",") where depth == 0: return
      case UInt8(ascii: "}") where depth == 0: return
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      position += 1
    }
  }

  private func trimmed(_ end: Int) -> Int {
    var end = end
    while end > 0, bytes[end - 1] <= 0x20 { end -= 1 }
    return end
  }
}
