/// Writes JSON without spaces, keys in the order given.
enum JSONWriter {
  /// What can be written.
  indirect enum Value {
    case string(String)
    case number(Int)
    /// A number, `true`, `false` or `null` as it is to be written.
    case literal(String)
    case array([Value])
    case object([(String, Value)])
  }

  /// The value as JSON.
  static func text(_ value: Value) -> String {
    var text = ""
    write(value, to: &text)
    return text
  }

  private static func write(_ value: Value, to text: inout String) {
    switch value {
    case .string(let string): write(string, to: &text)
    case .number(let number): text += String(number)
    case .literal(let literal): text += literal
    case .array(let values):
      writeList(values, between: ("[", "]"), to: &text) { write($0, to: &$1) }
    case .object(let members):
      writeList(members, between: ("{", "}"), to: &text) { member, text in
        write(member.0, to: &text)
        text += ":"
        write(member.1, to: &text)
      }
    }
  }

  private static func writeList<Element>(
    _ elements: [Element],
    between ends: (String, String),
    to text: inout String,
    writing: (Element, inout String) -> Void
  ) {
    text += ends.0
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      writing(element, &text)
    }
    text += ends.1
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.value < 0x20: text += "\\u00" + hexadecimal(scalar.value)
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    (value < 16 ? "0" : "") + String(value, radix: 16)
  }
}
