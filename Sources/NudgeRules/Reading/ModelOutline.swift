import NudgeCore

/// The names that a model gives to its parts, known before their meaning.
struct ModelOutline {
  let name: String
  /// The place in `RuleSet.models`.
  let index: Int
  let subject: SubjectKind
  let milestones: [String]
  let categories: [String]
  let metrics: [String]
  let scores: [String]
  let pace: [String]
  let segments: [String]
  let health: [String]

  init(_ definition: Definition, index: Int) {
    let node = definition.node
    self.name = definition.name
    self.index = index
    self.subject = node["subject"]?.text == "account" ? .account : .user
    self.milestones = Self.keys(node["milestones"])
    var seen: Set<String> = []
    self.categories = (node["milestones"]?.entries ?? []).compactMap { $0.value["category"]?.text }
      .filter { seen.insert($0).inserted }
    self.metrics = Self.keys(node["metrics"])
    self.scores = Self.keys(node["scores"])
    self.pace = Self.names(node["pace"])
    self.segments = Self.names(node["segments"])
    self.health = Self.names(node["health"])
  }

  private static func keys(_ node: YAMLNode?) -> [String] {
    (node?.entries ?? []).map(\.key)
  }

  private static func names(_ node: YAMLNode?) -> [String] {
    (node?.elements ?? []).compactMap { $0["name"]?.text }
  }
}
