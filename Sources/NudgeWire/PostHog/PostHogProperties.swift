import NudgeCore

/// What PostHog's SDKs put among the properties: those of the caller, and their own, which begin with `$`.
enum PostHogProperties {
  /// The caller's properties; the project's key, which browsers send along, is none.
  static func own(of properties: WireObject) -> JSONText {
    properties.object {
      $0.key.first != UInt8(ascii: "$") && !$0.key.elementsEqual("token".utf8)
    }
  }

  /// What SDKs tell of themselves and of where it happened, in the shape of Segment's context.
  static func context(of properties: WireObject) -> JSONText {
    let parts = [
      part("library", [("name", "$lib"), ("version", "$lib_version")], properties),
      part("page", [("url", "$current_url")], properties),
      properties["$ip"].map { member("ip", $0.bytes) },
      part("os", [("name", "$os"), ("version", "$os_version")], properties),
    ].compactMap(\.self)
    return parts.isEmpty ? .empty : JSONText(wellFormed: braced(parts))
  }

  private static func part(
    _ name: String,
    _ fields: [(name: String, key: String)],
    _ properties: WireObject
  ) -> [UInt8]? {
    let members = fields.compactMap { field in
      properties[field.key].map { member(field.name, $0.bytes) }
    }
    return members.isEmpty ? nil : member(name, braced(members)[...])
  }

  private static func member(_ name: String, _ value: ArraySlice<UInt8>) -> [UInt8] {
    Array("\"\(name)\":".utf8) + value
  }

  private static func braced(_ members: [[UInt8]]) -> [UInt8] {
    [UInt8(ascii: "{")] + members.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "}")]
  }
}
