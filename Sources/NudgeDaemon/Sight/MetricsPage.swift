/// A page in the Prometheus text format, read: what `nudged top` is made of.
public struct MetricsPage: Hashable, Sendable {
  /// The name of a figure and its labels.
  public struct Series: Hashable, Sendable {
    /// The name.
    public let name: String
    /// By name.
    public let labels: [String: String]
  }

  private let values: [Series: Double]

  /// The page of a text; lines of another form are passed over.
  public init(_ text: String) {
    var values: [Series: Double] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let sample = MetricsPage.sample(line) else { continue }
      values[sample.series] = sample.value
    }
    self.values = values
  }

  /// A figure without labels, or with these; `nil` when it is not on the page.
  public func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    values[Series(name: name, labels: labels)]
  }

  /// The sum of all series of a name that have these labels among theirs.
  public func sum(_ name: String, _ labels: [String: String] = [:]) -> Double {
    values.reduce(0) { sum, sample in
      let isWanted =
        sample.key.name == name && labels.allSatisfy { sample.key.labels[$0] == $1 }
      return isWanted ? sum + sample.value : sum
    }
  }

  /// The values of a label among the series of these names, in order.
  public func values(of label: String, in names: [String]) -> [String] {
    Set(values.keys.filter { names.contains($0.name) }.compactMap { $0.labels[label] }).sorted()
  }

  // MARK: Lines

  private static func sample(_ line: Substring) -> (series: Series, value: Double)? {
    guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...])
    else { return nil }
    let head = line[..<space]
    guard let brace = head.firstIndex(of: "{") else {
      return (Series(name: String(head), labels: [:]), value)
    }
    let labels = self.labels(head[head.index(after: brace)...].dropLast())
    return labels.map { (Series(name: String(head[..<brace]), labels: $0), value) }
  }

  /// `a="b",c="d"`, with `\"`, `\\` and `\n` in values.
  private static func labels(_ text: Substring) -> [String: String]? {
    var labels: [String: String] = [:]
    var rest = text
    while let equals = rest.firstIndex(of: "=") {
      let name = String(rest[..<equals].drop { $0 == "," })
      rest = rest[rest.index(after: equals)...].dropFirst()
      guard let value = takeValue(&rest) else { return nil }
      labels[name] = value
    }
    return labels
  }

  private static func takeValue(_ rest: inout Substring) -> String? {
    var value = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return value
      case "\\":
        guard let escaped = rest.popFirst() else { return nil }
        value.append(escaped == "n" ? "\n" : escaped)
      default: value.append(character)
      }
    }
    return nil
  }
}
