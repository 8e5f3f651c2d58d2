extension DiagnosticCollector {
  /// The entries of a map; reported if it is none.
  func entries(of node: YAMLNode, write advice: String) -> [YAMLEntry]? {
    switch node.content {
    case .map(let entries): return entries
    case .broken: return nil
    case .scalar(let text, _):
      let found = text.isEmpty ? "nothing" : "`\(text)`"
      report(
        .wrongType,
        at: node.place,
        "\(found) stands where a map belongs",
        label: ["write \(advice)"]
      )
    case .list:
      report(
        .wrongType,
        at: node.place,
        "a list stands where a map belongs",
        label: ["write \(advice)"]
      )
    }
    return nil
  }

  /// The elements of the list behind a key; reported if it is none.
  func elements(of entry: YAMLEntry) -> [YAMLNode]? {
    switch entry.value.content {
    case .list(let elements):
      if elements.isEmpty {
        report(.wrongType, at: entry.place, "the list behind `\(entry.key)` is empty")
      }
      return elements
    case .broken: return nil
    case .scalar, .map:
      report(
        .wrongType,
        at: entry.place,
        "`\(entry.key)` takes a list",
        label: ["write each element in a line of its own, behind `- `, or all in `[…]`"]
      )
      return nil
    }
  }

  /// One value, or the values of a list.
  func oneOrMore(_ entry: YAMLEntry) -> [YAMLNode] {
    if case .list = entry.value.content { return elements(of: entry) ?? [] }
    return [entry.value]
  }

  /// A single value, read by a function; reported if it is a list or a map, or cannot be read.
  func parsed<Value>(
    _ node: YAMLNode,
    of entry: YAMLEntry,
    _ parse: (ScalarText) throws(Misreading) -> Value
  ) -> Value? {
    guard let scalar = scalar(node, of: entry) else { return nil }
    do throws(Misreading) {
      return try parse(scalar)
    } catch {
      report(error.code, at: scalar.place, error.message, label: error.label)
      return nil
    }
  }

  private func scalar(_ node: YAMLNode, of entry: YAMLEntry) -> ScalarText? {
    switch node.content {
    case .scalar(let text, let isPlain):
      if !text.isEmpty { return ScalarText(text: text, isPlain: isPlain, place: node.place) }
      report(.wrongType, at: entry.place, "nothing is written behind `\(entry.key)`")
    case .list:
      report(
        .wrongType,
        at: entry.place,
        "a list stands behind `\(entry.key)`, which takes one value"
      )
    case .map:
      report(
        .wrongType,
        at: entry.place,
        "a map stands behind `\(entry.key)`, which takes one value"
      )
    case .broken: break
    }
    return nil
  }

  /// The entries of a map of names; names that are not formed as names are reported.
  func namedEntries(of entry: YAMLEntry, as kind: MapKind) -> [YAMLEntry] {
    let advice = "a map of names, one for each \(kind.noun)"
    let entries = entries(of: entry.value, write: advice) ?? []
    for entry in entries {
      let name = ScalarText(text: entry.key, isPlain: true, place: entry.place)
      do throws(Misreading) {
        _ = try ScalarForm.name(name)
      } catch {
        report(error.code, at: entry.place, error.message, label: error.label)
      }
    }
    return entries
  }
}
