import NudgeClient
import NudgeCore
import NudgeDelivery
import NudgeRules
import NudgeStore

/// Reads the operator's part of a settings file; what decides for campaigns is read with the rules.
struct SettingsReader {
  let collector: DiagnosticCollector
  /// The folder of the settings file, to which its paths are relative.
  let folder: String

  /// The settings of a file's tree; `nil`, with the reasons reported, when they cannot be used.
  func settings(of node: YAMLNode, file: String) -> Settings? {
    guard let map = MapReader(node, as: .settings, at: node.place, collector: collector) else {
      return nil
    }
    let standard = Settings.standard(in: folder)
    let listen = map.map("listen")
    let allowsPublic = map.flag("behind_proxy") ?? false || map.has("tls")
    let address = listen.flatMap { self.address(of: $0, allowsPublic: allowsPublic) }
    let limits = map.map("limits")
    let rules: String = path(map, "rules") ?? standard.rules
    let control: String? = listen.flatMap { path($0, "control") }
    let store = map.map("store")
    let database: String? = store.flatMap { path($0, "path") }
    var settings = Settings(
      file: file,
      rules: rules,
      templates: path(map, "templates"),
      host: address?.host ?? standard.host,
      port: address?.port ?? standard.port,
      allowsPublic: allowsPublic,
      control: control ?? "/run/nudged/control.sock",
      keys: keys(map.map("keys")),
      database: database ?? standard.database,
      retention: retention(store),
      outboxes: outboxes(map),
      outboxFolder: nil,
      alerts: channel(map, "alerts"),
      decisions: channel(map, "decisions"),
      bodyBytes: limits?.byteSize("body"),
      messageBytes: limits?.byteSize("message"),
      connections: limits?.whole("connections"),
      requestsPerSecond: limits?.rate("rate"),
      origins: map.texts("cors")
    )
    readListening(map, into: &settings)
    return collector.hasErrors ? nil : settings
  }

  private func retention(_ store: MapReader?) -> Retention {
    let standard = Settings.standardRetention
    return Retention(
      eventDays: store?.calendarDays("keep_events") ?? standard.eventDays,
      decisionDays: store?.calendarDays("keep_decisions") ?? standard.decisionDays
    )
  }

  private func path(_ map: MapReader, _ key: String) -> String? {
    map.text(key)?.resolved(in: folder)
  }

  // MARK: Listening

  private func address(of map: MapReader, allowsPublic: Bool) -> (host: String, port: Int)? {
    guard let entry = map.entry("http"), let text = map.text("http") else { return nil }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else {
      collector.report(
        .wrongType,
        at: entry.value.place,
        "`\(text)` is no address",
        label: ["write a host and a port, such as 127.0.0.1:8627"]
      )
      return nil
    }
    let host = String(text[..<colon])
    if !isLoopback(host), !allowsPublic {
      collector.report(
        .unsafeAddress,
        at: entry.value.place,
        "`\(text)` can be reached from outside, without TLS",
        label: [
          "listen on 127.0.0.1, write `tls`, or say `behind_proxy: true` where a proxy ends TLS"
        ]
      )
    }
    return (host.trimmingBrackets, port)
  }

  private func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
  }

  private func keys(_ map: MapReader?) -> Settings.Keys {
    func source(_ key: String) -> SecretSource? {
      map?.secret(key).flatMap { SecretSource($0, in: folder) }
    }
    return Settings.Keys(
      ingest: map == nil ? .file("ingest.keys".resolved(in: folder)) : source("ingest"),
      admin: map == nil ? .file("admin.keys".resolved(in: folder)) : source("admin"),
      inbox: source("inbox")
    )
  }

  // MARK: Outboxes

  private func outboxes(_ map: MapReader) -> [String: Settings.Outbox] {
    var outboxes: [String: Settings.Outbox] = [:]
    for (name, channel) in map.named("channels") {
      outboxes[name] = outbox(name, channel)
    }
    return outboxes
  }

  /// The channel that a key names, which must be there and lead outside.
  private func channel(_ map: MapReader, _ key: String) -> String? {
    guard let entry = map.entry(key), let name = map.name(key) else { return nil }
    let channels = map.named("channels")
    guard let found = channels.first(where: { $0.name == name }) else {
      let names = channels.map(\.name).joined(separator: " · ")
      collector.report(
        .unknownChannel,
        at: entry.value.place,
        "`\(key)` names channel `\(name)`, which is not among the channels",
        level: .error,
        label: [names.isEmpty ? "write it under `channels`" : "there are \(names)"]
      )
      return nil
    }
    if found.map.has("inbox") {
      collector.report(
        .misplacedKey,
        at: entry.value.place,
        "`\(key)` names channel `\(name)`, which is an inbox of persons",
        label: ["name a channel with `webhook` or `file`"]
      )
    }
    return name
  }

  private func outbox(_ name: String, _ map: MapReader) -> Settings.Outbox? {
    if map.has("webhook") { return webhook(map) }
    if let entry = map.entry("file") { return file(map, entry) }
    if map.has("inbox") { return .inbox }
    collector.report(
      .missingKey,
      at: map.place,
      "channel `\(name)` leads nowhere",
      label: ["write `webhook: URL`, `file: PATH` or `inbox: true`"]
    )
    return nil
  }

  private func file(_ map: MapReader, _ entry: YAMLEntry) -> Settings.Outbox? {
    guard let path = path(map, "file") else { return nil }
    do { _ = try FilePath(path) } catch {
      collector.report(
        .wrongType,
        at: entry.value.place,
        "`\(path)` cannot be the name of an outbox",
        label: ["use letters, digits, `.`, `_` and `-`, not beginning with a dot"]
      )
      return nil
    }
    let rotate = map.map("rotate")
    return .file(
      path: path,
      rotation: FileRotation(
        bytes: rotate?.byteSize("size") ?? FileRotation().bytes,
        every: rotate?.calendarDays("every").map { .seconds($0 * 86_400) }
      )
    )
  }

  private func webhook(_ map: MapReader) -> Settings.Outbox? {
    let allowsHTTP = map.flag("allow_http") ?? false
    guard let address = receiver(map, allowsHTTP: allowsHTTP) else { return nil }
    return .webhook(
      Settings.Webhook(
        address: address,
        secret: secret(map, "secret"),
        previousSecret: secret(map, "previous_secret"),
        timeout: map.clockSpan("timeout") ?? .seconds(15),
        concurrency: map.whole("concurrency") ?? 4,
        rate: map.rate("rate").flatMap { Rate($0, per: .seconds(1)) },
        breaker: breaker(map),
        schedule: schedule(map),
        on4xx: map.choice("on_4xx") == "fail" ? .fail : .retry,
        addresses: AddressPolicy(allowedNetworks: networks(map), allowsHTTP: allowsHTTP),
        authorityFile: path(map, "ca_file"),
        headers: headers(map)
      )
    )
  }

  private func secret(_ map: MapReader, _ key: String) -> SecretSource? {
    map.secret(key).flatMap { SecretSource($0, in: folder) }
  }

  private func networks(_ map: MapReader) -> [IPNetwork] {
    zip(map.list("allow_networks"), map.texts("allow_networks")).compactMap { node, text in
      if let network = IPNetwork(text) { return network }
      collector.report(
        .wrongType,
        at: node.place,
        "`\(text)` is no network",
        label: ["write an address and a length, such as 10.0.0.0/8"]
      )
      return nil
    }
  }

  private func breaker(_ map: MapReader) -> Breaker.Settings? {
    guard let node = map.node("breaker") else { return Breaker.Settings() }
    if node.text == "off" { return nil }
    guard let inner = MapReader(node, as: .breaker, collector: collector) else { return nil }
    return Breaker.Settings(
      failures: inner.whole("failures") ?? 5,
      openFor: inner.clockSpan("open_for") ?? .seconds(30)
    )
  }

  private func schedule(_ map: MapReader) -> RetrySchedule {
    guard map.has("schedule") else { return .standard }
    return RetrySchedule(waits: map.clockSpans("schedule")) ?? .standard
  }
}

extension String {
  fileprivate var trimmingBrackets: String {
    hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
  }
}
