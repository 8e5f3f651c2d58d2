/// One payload as one line of a file.
public enum FileLine {
  /// The line, with its newline at the end.
  ///
  /// Inside JSON strings NUL, CR, LF, U+2028 and U+2029 are escaped; between tokens CR and LF become spaces. So every
  /// reader that splits lines, by whatever rule, finds one object a line.
  public static func bytes(for payload: [UInt8]) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(payload.count + 1)
    var isInString = false
    var isEscaped = false
    var index = 0
    while index < payload.count {
      let byte = payload[index]
      if let separator = separator(in: payload, at: index) {
        line += separator.utf8
        index += 3
      } else {
        line.append(byte: byte, isInString: isInString)
        index += 1
      }
      if byte == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
      isEscaped = isInString && byte == UInt8(ascii: "\\") && !isEscaped
    }
    line.append(0x0a)
    return line
  }

  /// U+2028 is E2 80 A8, and U+2029 is E2 80 A9; JSON has them inside strings alone.
  private static func separator(in payload: [UInt8], at index: Int) -> String? {
    guard payload[index] == 0xe2, index + 2 < payload.count, payload[index + 1] == 0x80 else {
      return nil
    }
    switch payload[index + 2] {
    case 0xa8: return "\\u2028"
    case 0xa9: return "\\u2029"
    default: return nil
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(byte: UInt8, isInString: Bool) {
    switch byte {
    case 0x0a: self += isInString ? Array("\\n".utf8) : [0x20]
    case 0x0d: self += isInString ? Array("\\r".utf8) : [0x20]
    case 0x00: self += isInString ? Array("\\u0000".utf8) : [0x20]
    default: append(byte)
    }
  }
}
