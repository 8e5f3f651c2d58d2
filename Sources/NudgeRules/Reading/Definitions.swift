/// One definition of a rule file, unread.
struct Definition {
  let kind: MapKind
  let name: String
  let place: Place
  let node: YAMLNode

  /// What messages call it: `` campaign `welcome` ``.
  var title: String { "\(kind.noun) `\(name)`" }
}

/// All definitions of all files, by name.
struct Definitions {
  private(set) var audiences: [Definition] = []
  private(set) var models: [Definition] = []
  private(set) var campaigns: [Definition] = []
  private(set) var mutes: [Definition] = []
  private var byName: [MapKind: [String: Definition]] = [:]
  /// Whether every file could be read; if not, a name that is not found may stand in one that could not.
  let isComplete: Bool

  /// The definitions of these trees; doubled names are reported, the first one stays.
  init(trees: [YAMLNode], isComplete: Bool, collector: DiagnosticCollector) {
    self.isComplete = isComplete
    for tree in trees {
      guard let file = MapReader(tree, as: .ruleFile, at: tree.place, collector: collector) else {
        continue
      }
      _ = file.whole("nudged")
      add(file, "audiences", .audience, to: \.audiences)
      add(file, "models", .model, to: \.models)
      add(file, "campaigns", .campaign, to: \.campaigns)
      add(file, "mutes", .mute, to: \.mutes)
    }
    for list in [\Self.audiences, \.models, \.campaigns, \.mutes] {
      self[keyPath: list].sort { $0.name < $1.name }
    }
  }

  private mutating func add(
    _ file: MapReader,
    _ key: String,
    _ kind: MapKind,
    to list: WritableKeyPath<Definitions, [Definition]>
  ) {
    guard let entry = file.entry(key) else { return }
    for entry in file.collector.namedEntries(of: entry, as: kind) {
      let definition = Definition(
        kind: kind,
        name: entry.key,
        place: entry.place,
        node: entry.value
      )
      guard let first = byName[kind]?[entry.key] else {
        self[keyPath: list].append(definition)
        byName[kind, default: [:]][entry.key] = definition
        continue
      }
      file.collector.report(
        .duplicateName,
        at: entry.place,
        "\(definition.title) is defined twice",
        label: ["first at \(first.place)"]
      )
    }
  }

  /// The audience of this name.
  func audience(_ name: String) -> Definition? {
    byName[.audience]?[name]
  }
}
