import NudgeRules

/// The keys of a format, as the reader, the JSON Schema and `nudged fmt` know them, in a manual page.
enum KeyManual {
  /// Writes the keys of these kinds of maps, each kind below a heading.
  static func write(_ kinds: [MapKind], to page: inout Roff) {
    for kind in kinds {
      page.subsection("The keys of \(kind.title.replacing("`", with: ""))")
      for key in kind.keys {
        let need = key.isRequired ? " Required." : ""
        page.item("`\(key.name)`", ["\(key.documentation)\(need)", "Write \(key.kind.advice)."])
      }
    }
  }

  /// The kinds of the settings, the whole first.
  static let settings: [MapKind] = [
    .settings, .listen, .keys, .store, .channel, .rotate, .breaker, .quietHours, .cap, .limits,
    .tls,
  ]

  /// The kinds of rule files, the whole first.
  static let rules: [MapKind] = [
    .ruleFile, .audience, .model, .milestone, .paceEntry, .ladderEntry, .metric, .score, .component,
    .row, .linear, .band, .campaign, .exit, .reEntry, .step, .variant, .mute, .condition, .match,
    .numberTest,
  ]
}
