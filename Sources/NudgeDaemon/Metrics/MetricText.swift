/// Numbers as the text format writes them.
enum MetricNumber {
  /// A whole number without a point, else the shortest text that reads back the same.
  static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return Int64(exactly: value).map(String.init) ?? "\(value)"
  }
}

/// Names as Prometheus takes them.
enum MetricName {
  /// The name with `_` for every character that may not stand there.
  static func valid(_ name: String) -> String {
    let scalars = name.unicodeScalars.map { isValid($0) ? Character($0) : "_" }
    let startsWithDigit = scalars.first?.isNumber ?? true
    return (startsWithDigit ? "_" : "") + String(scalars)
  }

  /// The valid name with an ending that it may already have.
  static func valid(_ name: String, ending: String) -> String {
    let name = valid(name)
    return name.hasSuffix(ending) ? name : name + ending
  }

  private static func isValid(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: false
    }
  }
}

extension String {
  /// Appends one line: `name{label="value"} 1`.
  mutating func appendSample(_ name: String, _ labels: [MetricLabel], _ value: Double) {
    self += name
    if !labels.isEmpty {
      let pairs = labels.map { "\($0.name)=\"\($0.value.escapedForMetrics(quotes: true))\"" }
      self += "{\(pairs.joined(separator: ","))}"
    }
    self += " \(MetricNumber.text(value))\n"
  }

  /// Appends the two lines that open a family; no `HELP` without help.
  mutating func appendHeading(_ name: String, kind: String, help: String) {
    if !help.isEmpty { self += "# HELP \(name) \(help.escapedForMetrics(quotes: false))\n" }
    self += "# TYPE \(name) \(kind)\n"
  }

  private func escapedForMetrics(quotes: Bool) -> String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
