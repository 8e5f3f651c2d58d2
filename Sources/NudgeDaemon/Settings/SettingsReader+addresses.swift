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
    do {
      let url = try WebURL(text)
      if url.isSecret { reportSecretAddress(url, at: place) }
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

  private func reportSecretAddress(_ url: WebURL, at place: Place) {
    guard case .name(let host) = url.host else { return }
    collector.report(
      .plainSecret,
      at: place,
      "whoever knows an address at \(host) may send to it, so it does not belong into the settings",
      label: ["write `credential:NAME` or `file:PATH`, and the address there"]
    )
  }
}

extension WebURL {
  /// Where the incoming webhooks of chats begin that ask for no key: the rest of the path is one.
  private static let chats = ["hooks.slack.com/", "discord.com/api/webhooks/"]

  fileprivate var isSecret: Bool {
    guard case .name(let host) = host else { return false }
    return WebURL.chats.contains { (host + target).hasPrefix($0) }
  }
}
