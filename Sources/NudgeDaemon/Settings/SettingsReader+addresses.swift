import NudgeClient
import NudgeRules

/// Where a `webhook` leads: an address, or where a secret one is kept.
extension SettingsReader {
  /// The address of a channel; `nil`, with the reason reported, when there is none that can be called.
  func receiver(_ map: MapReader, allowsHTTP: Bool) -> Settings.Webhook.Address? {
    guard let entry = map.entry("webhook"), let text = map.text("webhook") else { return nil }
    if SecretSource(text, in: folder) != nil {
      return map.secret("webhook").flatMap { SecretSource($0, in: folder) }.map { .secret($0) }
    }
    return url(text, at: entry.value.place, allowsHTTP: allowsHTTP).map { .plain($0) }
  }

  private func url(_ text: String, at place: Place, allowsHTTP: Bool) -> WebURL? {
    // A message repeats no text that is a secret, whatever else is wrong with it.
    if let host = ChatWebhook.host(in: text) {
      reportSecretAddress(host, at: place)
      return try? WebURL(text)
    }
    do {
      let url = try WebURL(text)
      if url.scheme == .http, !allowsHTTP { reportNoTLS(text, at: place) }
      return url
    } catch {
      collector.report(.wrongType, at: place, "`\(text)` is no address: \(error)")
      return nil
    }
  }

  private func reportNoTLS(_ text: String, at place: Place) {
    collector.report(
      .unsafeAddress,
      at: place,
      "`\(text)` goes out without TLS",
      label: ["write https, or `allow_http: true` beside it"]
    )
  }

  private func reportSecretAddress(_ host: String, at place: Place) {
    collector.report(
      .plainSecret,
      at: place,
      "whoever knows an address at \(host) may send to it, so it does not belong into the settings",
      label: ["write `credential:NAME` or `file:PATH`, and the address there"]
    )
  }
}

/// The incoming webhooks of chats that ask for no key: the rest of the path is one.
private enum ChatWebhook {
  private static let slack: Set = ["hooks.slack.com", "hooks.slack-gov.com"]
  private static let discord: Set = [
    "discord.com", "ptb.discord.com", "canary.discord.com",
    "discordapp.com", "ptb.discordapp.com", "canary.discordapp.com",
  ]

  /// The host of the chat that a text names; `nil` when it names none.
  ///
  /// By its words, so that an address with a slip, which no parser takes, is recognised too.
  static func host(in text: String) -> String? {
    let text = text.lowercased()
    let words = text.split { !$0.isLetter && !$0.isNumber && !".-_".contains($0) }
    let names = words.map { $0.hasSuffix(".") ? String($0.dropLast()) : String($0) }
    return names.first { name in
      slack.contains(name) || (discord.contains(name) && text.contains("webhooks"))
    }
  }
}
