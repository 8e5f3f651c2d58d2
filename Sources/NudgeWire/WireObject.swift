import NudgeCore

/// One object of checked JSON whose members are looked up by name, as bytes until one is asked for.
///
/// Of a repeated key the last value counts; null is as good as absent.
struct WireObject {
  let members: [RawObject.Member]

  /// The object in these bytes; without members when they hold anything else.
  init(_ bytes: some Collection<UInt8>) {
    members = bytes.first == UInt8(ascii: "{") ? RawObject.members(of: Array(bytes)) : []
  }

  /// The value under a key; `nil` when it is absent or null.
  subscript(key: String) -> WireValue? {
    let member = members.last { $0.key.elementsEqual(key.utf8) }
    return member.map { WireValue(bytes: $0.value) }.flatMap { $0.isNull ? nil : $0 }
  }

  /// The members that pass, as an object; empty when none does.
  func object(of isIncluded: (RawObject.Member) -> Bool) -> JSONText {
    let kept = members.filter(isIncluded)
    return kept.isEmpty ? .empty : RawObject.object(of: kept)
  }
}

/// One value of checked JSON, as it stands.
struct WireValue {
  let bytes: ArraySlice<UInt8>

  var isNull: Bool { bytes.first == UInt8(ascii: "n") }
  var isObject: Bool { bytes.first == UInt8(ascii: "{") }
  var isString: Bool { bytes.first == UInt8(ascii: "\"") }

  private var isNumber: Bool {
    bytes.first.map { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) } ?? false
  }

  /// The text of a text, a number as it is written; `nil` for anything else.
  var text: String? {
    if isNumber { return String(decoding: bytes, as: UTF8.self) }
    guard isString else { return nil }
    return JSONText(wellFormed: Array(bytes)).value?.text.map { String(storable: $0.utf8) }
  }

  /// `true` and `false`, also as texts; `nil` for anything else.
  var bool: Bool? {
    if bytes.elementsEqual("true".utf8) || bytes.elementsEqual("\"true\"".utf8) { return true }
    if bytes.elementsEqual("false".utf8) || bytes.elementsEqual("\"false\"".utf8) { return false }
    return nil
  }

  /// The instant that a text or a number names.
  var instant: Timestamp? {
    text.flatMap { WireTime.parse(Array($0.utf8)) }
  }

  /// The value as JSON.
  var json: JSONText { JSONText(wellFormed: Array(bytes)) }

  /// The beginning of the value, for a message about it.
  var shown: String { "`" + String(decoding: bytes.prefix(40), as: UTF8.self) + "`" }

  /// The id that it is: a text or a number; `nil` for the empty text.
  func id(_ field: String) throws(Refusal) -> String? {
    guard let text else { throw Refusal("bad-id", "`\(field)` must be text or a number") }
    return text.isEmpty ? nil : text
  }

  /// The instant that it names.
  func time(_ field: String) throws(Refusal) -> Timestamp? {
    if let instant { return instant }
    if text == "" { return nil }
    throw Refusal(
      "bad-timestamp",
      "`\(field)` is \(shown), and must be a time such as 2026-03-06T09:30:45.123Z, or "
        + "seconds or milliseconds since 1970"
    )
  }
}
