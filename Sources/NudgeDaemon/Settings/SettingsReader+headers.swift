import NudgeClient
import NudgeRules

/// The `headers` of a channel: texts, templates (which `ChannelFormsReader` reads), and secrets.
extension SettingsReader {
  /// The headers that are the same for each call.
  func headers(_ map: MapReader) -> [Settings.Header] {
    (map.node("headers")?.entries ?? []).compactMap(header)
  }

  private func header(_ entry: YAMLEntry) -> Settings.Header? {
    guard isAllowed(entry) else { return nil }
    if let inner = entry.value.entries, entry.value.text == nil { return secret(entry, inner) }
    guard let text = entry.value.text else { return refused(entry) }
    if text.contains("{{") { return nil }
    if let source = SecretSource(text, in: folder) {
      return Settings.Header(name: entry.key, value: .secret(source, .bare))
    }
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      return refused(entry)
    }
    if SettingsReader.isSecret(entry.key) { reportPlainSecret(entry) }
    return Settings.Header(name: entry.key, value: .text(text))
  }

  /// A header whose secret stands behind a scheme: `{bearer: credential:NAME}`.
  private func secret(_ entry: YAMLEntry, _ inner: [YAMLEntry]) -> Settings.Header? {
    guard inner.count == 1, let only = inner.first, let text = only.value.text,
      let scheme = Settings.Header.Scheme(rawValue: only.key)
    else { return refused(entry) }
    guard let source = SecretSource(text, in: folder) else {
      reportPlainSecret(only)
      return nil
    }
    return Settings.Header(name: entry.key, value: .secret(source, scheme))
  }

  private func isAllowed(_ entry: YAMLEntry) -> Bool {
    let name = entry.key.lowercased()
    let isToken =
      !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x61...0x7a: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
    guard isToken else {
      collector.report(.wrongType, at: entry.place, "`\(entry.key)` cannot be the name of a header")
      return false
    }
    let isOurs = SettingsReader.ownHeaders.contains(name) || name.hasPrefix("webhook-")
    if isOurs {
      collector.report(
        .misplacedKey,
        at: entry.place,
        "header `\(entry.key)` is written by nudged itself",
        label: ["leave it out"]
      )
    }
    return !isOurs
  }

  private func refused(_ entry: YAMLEntry) -> Settings.Header? {
    collector.report(
      .wrongType,
      at: entry.value.place,
      "header `\(entry.key)` has no value that can be sent",
      label: [
        "write one line of text, `credential:NAME`, `file:PATH`, `{bearer: credential:NAME}` or `{basic: credential:NAME}`"
      ]
    )
    return nil
  }

  private func reportPlainSecret(_ entry: YAMLEntry) {
    collector.report(
      .plainSecret,
      at: entry.value.place,
      "a secret does not belong into the settings",
      label: ["write `credential:NAME` or `file:PATH`"]
    )
  }

  private static let ownHeaders: Set = [
    "host", "content-length", "transfer-encoding", "connection", "expect", "te", "trailer",
    "upgrade",
  ]

  /// Whether a header of this name usually opens a door.
  private static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    if name == "idempotency-key" { return false }
    return ["authorization", "proxy-authorization", "cookie"].contains(name)
      || ["-token", "-key", "-secret"].contains(where: name.hasSuffix)
  }
}
