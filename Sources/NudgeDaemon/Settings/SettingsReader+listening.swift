import NudgeClient
import NudgeRules

/// Reads who may connect and how: certificate, proxies; and what a change of files brings about.
extension SettingsReader {
  /// Sets what these keys say.
  func readListening(_ map: MapReader, into settings: inout Settings) {
    settings.tls = tls(map)
    settings.trustedProxies = trustedProxies(map)
    settings.isWatching = map.flag("watch") ?? false
    settings.volumeLimit = map.whole("volume_limit")
  }

  private func tls(_ map: MapReader) -> Settings.TLSFiles? {
    guard let inner = map.map("tls"), let certificate = inner.text("certificate"),
      let key = inner.text("key")
    else { return nil }
    return Settings.TLSFiles(
      certificate: certificate.resolved(in: folder),
      key: key.resolved(in: folder)
    )
  }

  private func trustedProxies(_ map: MapReader) -> [IPNetwork] {
    zip(map.list("trusted_proxies"), map.texts("trusted_proxies")).compactMap { node, text in
      if let network = IPNetwork(text) { return network }
      collector.report(
        .wrongType,
        at: node.place,
        "`\(text)` is no address and no network",
        label: ["write an address such as 10.0.0.5, or a network such as 10.0.0.0/8"]
      )
      return nil
    }
  }
}
