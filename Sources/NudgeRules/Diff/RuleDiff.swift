/// What an edit changes in rule files, definition by definition and key by key.
///
/// Comments, layout, the order of keys and the files that definitions stand in are no change.
public struct RuleDiff: Hashable, Sendable {
  /// What kind of definition has changed.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case campaign
    case model
    case audience
    case mute
    case step
  }

  /// What has become of a definition.
  public enum Change: Hashable, Sendable {
    /// It is new; the words are its most telling keys.
    case added(String)
    case removed
    case changed
  }

  /// One definition that is not as it was.
  public struct Entry: Hashable, Sendable {
    /// What it is.
    public let kind: Kind
    /// Its name in the new rules, else in the old ones.
    public let name: String
    /// The name that it had, where `was:` says so.
    public let was: String?
    /// What has become of it.
    public let change: Change
    /// The keys that changed, in the order of the new file, then those that are gone.
    public let keys: [KeyChange]
    /// The steps of a campaign that are not as they were.
    public let steps: [Entry]

    /// A definition and what has become of it.
    public init(
      kind: Kind,
      name: String,
      was: String?,
      change: Change,
      keys: [KeyChange],
      steps: [Entry]
    ) {
      self.kind = kind
      self.name = name
      self.was = was
      self.change = change
      self.keys = keys
      self.steps = steps
    }
  }

  /// One key that is not as it was.
  public struct KeyChange: Hashable, Sendable {
    /// The way to it, as in `while.milestones_reached`.
    public let path: String
    /// What stood there; `nil` when nothing did.
    public let old: String?
    /// What stands there; `nil` when nothing does.
    public let new: String?

    /// A change at a path.
    public init(path: String, old: String?, new: String?) {
      self.path = path
      self.old = old
      self.new = new
    }
  }

  /// A removed and an added definition that look like one under a new name.
  public struct Rename: Hashable, Sendable {
    /// A campaign or a step.
    public let kind: Kind
    /// The campaign of a step; `nil` for a campaign.
    public let campaign: String?
    /// The name that is gone.
    public let old: String
    /// The name that is new.
    public let new: String
  }

  /// Campaigns first, then models, audiences and mutes, each by name.
  public let entries: [Entry]
  /// What may be renames without `was:`.
  public let renames: [Rename]

  /// The change from one set of rule files to another; files that cannot be read count for nothing.
  public init(from old: [SourceFile], to new: [SourceFile]) {
    let (old, new) = (DefinitionTable(old), DefinitionTable(new))
    var entries: [Entry] = []
    for kind in Kind.allCases where kind != .step {
      entries += DefinitionDiff(kind: kind, old: old.nodes(kind), new: new.nodes(kind)).entries
    }
    self.entries = entries
    renames = RenameSearch(old: old, new: new, entries: entries).found
  }

  /// Whether nothing has changed.
  public var isEmpty: Bool { entries.isEmpty }

  /// How many definitions were added, changed and removed; steps count with their campaign.
  public var counts: (added: Int, changed: Int, removed: Int) {
    var counts = (added: 0, changed: 0, removed: 0)
    for entry in entries {
      switch entry.change {
      case .added: counts.added += 1
      case .changed: counts.changed += 1
      case .removed: counts.removed += 1
      }
    }
    return counts
  }
}

/// The definitions of rule files as trees, by kind and name.
struct DefinitionTable {
  private var byKind: [RuleDiff.Kind: [String: YAMLNode]] = [:]

  init(_ files: [SourceFile]) {
    let collector = DiagnosticCollector()
    let trees = files.sorted { $0.path < $1.path }
      .compactMap { YAMLReader.read($0, into: collector) }
    let definitions = Definitions(trees: trees, isComplete: true, collector: collector)
    for (kind, list) in [
      (RuleDiff.Kind.campaign, definitions.campaigns), (.model, definitions.models),
      (.audience, definitions.audiences), (.mute, definitions.mutes),
    ] {
      byKind[kind] = Dictionary(list.map { ($0.name, $0.node) }) { first, _ in first }
    }
  }

  func nodes(_ kind: RuleDiff.Kind) -> [String: YAMLNode] { byKind[kind] ?? [:] }
}
