import NudgeCore

/// The text that a rule set's hash is taken of: definitions and policy as JSON, without comments,
/// formatting, or the files that they stand in.
struct CanonicalText {
  let definitions: Definitions
  let settings: YAMLNode?
  let timezone: String

  /// The hash, in lower-case hexadecimal.
  var hash: String {
    Digest.hexadecimal(Digest.sha256(Array(text.utf8)))
  }

  /// The canonical JSON.
  var text: String {
    JSONWriter.text(
      .object([
        ("audiences", value(definitions.audiences)), ("campaigns", value(definitions.campaigns)),
        ("models", value(definitions.models)), ("mutes", value(definitions.mutes)),
        ("policy", policy),
      ])
    )
  }

  private func value(_ definitions: [Definition]) -> JSONWriter.Value {
    .object(definitions.map { ($0.name, canonical($0.node)) })
  }

  /// The keys of the settings that decide.
  private var policy: JSONWriter.Value {
    guard let entries = settings?.entries else { return .object([("timezone", .string(timezone))]) }
    let deciding = [
      "timezone", "quiet_hours", "caps", "on_cap", "unsubscribed_when", "late_limit", "channels",
    ]
    let kept = entries.filter { deciding.contains($0.key) }.sorted { $0.key < $1.key }
    return .object(
      kept.map { entry in
        (entry.key, entry.key == "channels" ? channels(entry.value) : canonical(entry.value))
      }
    )
  }

  private func channels(_ node: YAMLNode) -> JSONWriter.Value {
    let deciding = Key.decidingChannel.map(\.name)
    let channels = (node.entries ?? []).sorted { $0.key < $1.key }
    return .object(
      channels.map { channel in
        let kept = (channel.value.entries ?? []).filter { deciding.contains($0.key) }
        return (channel.key, canonical(YAMLNode(place: channel.place, content: .map(kept))))
      }
    )
  }

  /// Maps whose order is part of their meaning, since tables and texts follow it.
  private static let ordered: Set = ["milestones", "metrics", "scores"]

  private func canonical(_ node: YAMLNode, isOrdered: Bool = false) -> JSONWriter.Value {
    switch node.content {
    case .scalar, .broken: return node.jsonValue
    case .list(let elements): return .array(elements.map { canonical($0) })
    case .map(let entries):
      let members = entries.map { entry in
        (entry.key, canonical(entry.value, isOrdered: Self.ordered.contains(entry.key)))
      }
      guard isOrdered else { return .object(members.sorted { $0.0 < $1.0 }) }
      return .array(members.map { .array([.string($0.0), $0.1]) })
    }
  }
}
