import NudgeCore

/// What rule files say about the world: events, properties, traits, and the campaigns that wait for them.
struct RuleMentions {
  /// A trait or property, and the values that it is compared with.
  struct Test {
    let name: String
    let place: Place
    /// The values of which any one will do, each where it stands.
    var wanted: [(value: Scalar, place: Place)] = []
    /// Whether it is said not to be there.
    var isAbsent = false
  }

  /// An event, and what its properties must be.
  struct Event {
    let name: String
    let place: Place
    let tests: [Test]
  }

  private(set) var events: [Event] = []
  private(set) var traits: [Test] = []
  private(set) var campaigns: [(name: String, place: Place)] = []

  /// What these files say; what cannot be read is left out.
  init(_ files: [SourceFile]) {
    for file in files {
      guard let tree = YAMLReader.read(file, into: DiagnosticCollector()) else { continue }
      var found: [(MapKind, [YAMLEntry])] = []
      KeyWalk { found.append(($0, $1)) }.walk(tree, as: .ruleFile)
      for (kind, entries) in found { add(entries, of: kind) }
      campaigns += (tree["campaigns"]?.entries ?? []).map { ($0.key, $0.place) }
    }
  }

  private mutating func add(_ entries: [YAMLEntry], of kind: MapKind) {
    let tests = entries.first { $0.key == "where" }.map { Self.tests($0.value) } ?? []
    for entry in entries {
      guard let key = kind.key(entry.key) else { continue }
      if key.kind == .event, let name = entry.value.text {
        events.append(Event(name: name, place: entry.value.place, tests: tests))
      } else if key.kind == .matches, entry.key != "where" {
        traits += Self.tests(entry.value)
      }
    }
  }

  private static func tests(_ node: YAMLNode) -> [Test] {
    (node.entries ?? []).map { entry in
      var test = Test(name: entry.key, place: entry.place)
      guard let operators = entry.value.entries else {
        test.wanted = values(entry.value)
        return test
      }
      test.wanted = operators.filter { ["is", "any_of"].contains($0.key) }
        .flatMap { values($0.value) }
      test.isAbsent = operators.contains { $0.key == "exists" && $0.value.text == "false" }
      return test
    }
  }

  private static func values(_ node: YAMLNode) -> [(value: Scalar, place: Place)] {
    (node.elements ?? [node]).compactMap { element in
      guard case .scalar(let text, let isPlain) = element.content else { return nil }
      let scalar = ScalarText(text: text, isPlain: isPlain, place: element.place)
      return (try? ScalarForm.value(scalar)).map { ($0, element.place) }
    }
  }
}
