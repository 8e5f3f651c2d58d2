extension JSONWriter {
  /// The value as JSON for people: one member or element a line, two spaces for each level, a newline at the end.
  static func lines(_ value: Value) -> String {
    var text = ""
    write(value, below: "", to: &text)
    return text + "\n"
  }

  private static func write(_ value: Value, below indent: String, to output: inout String) {
    switch value {
    case .array(let elements) where elements.contains(where: \.hasMembers):
      output += "["
      for (index, element) in elements.enumerated() {
        begin(index, below: indent, to: &output)
        write(element, below: indent + "  ", to: &output)
      }
      output += "\n\(indent)]"
    case .object(let members) where !members.isEmpty:
      output += "{"
      for (index, member) in members.enumerated() {
        begin(index, below: indent, to: &output)
        output += "\(text(.string(member.0))): "
        write(member.1, below: indent + "  ", to: &output)
      }
      output += "\n\(indent)}"
    case .array, .object, .string, .number, .literal: output += text(value)
    }
  }

  private static func begin(_ index: Int, below indent: String, to output: inout String) {
    output += index == 0 ? "\n" : ",\n"
    output += indent + "  "
  }
}

extension JSONWriter.Value {
  /// Whether it holds values, so that it is worth lines of its own.
  fileprivate var hasMembers: Bool {
    switch self {
    case .array(let elements): !elements.isEmpty
    case .object(let members): !members.isEmpty
    case .string, .number, .literal: false
    }
  }
}
