import Foundation
import NudgeClient
import NudgeCore
import NudgeDelivery
import NudgeStore

/// Turns the settings' outboxes into channels of the dispatcher.
struct Outboxes {
  let settings: Settings
  let environment: [String: String]
  let store: Store
  let decider = CurrentEngine()

  /// The channels that rules name and settings lead somewhere, without those that are disabled.
  ///
  /// - Throws: ``DaemonFailure`` for a secret that cannot be used.
  func channels(
    for rules: RuleSet,
    disabled: Set<String>
  ) throws(DaemonFailure)
    -> [DispatchChannel]
  {
    var channels: [DispatchChannel] = []
    for name in names(in: rules).sorted() where !disabled.contains(name) {
      if let channel = try channel(name) { channels.append(channel) }
    }
    return channels
  }

  /// The channels that deliver over webhooks.
  func webhooks(for rules: RuleSet) -> [String] {
    names(in: rules).filter { name in
      if case .webhook = settings.outboxes[name] { true } else { false }
    }
  }

  /// The channels that rules or settings name.
  func names(in rules: RuleSet) -> Set<String> {
    let used = rules.campaigns.flatMap(\.steps).compactMap { step -> String? in
      if case .send(let channel) = step.action { channel } else { nil }
    }
    return Set(used).union(settings.outboxes.keys)
  }

  private func channel(_ name: String) throws(DaemonFailure) -> DispatchChannel? {
    switch settings.outboxes[name] {
    case .webhook(let webhook): return .webhook(try channel(name, webhook))
    case .file, .inbox, nil: return try file(named: name).map { .file($0) }
    }
  }

  /// The file that a channel leads to; `nil` when it leads elsewhere.
  func file(named name: String) throws(DaemonFailure) -> FileChannel? {
    switch settings.outboxes[name] {
    case .file(let path, let rotation): return try file(name, path, rotation)
    case .webhook, .inbox: return nil
    case nil:
      guard let folder = settings.outboxFolder else { return nil }
      return try file(name, "\(folder)/\(name).jsonl", FileRotation())
    }
  }

  private func file(
    _ name: String,
    _ path: String,
    _ rotation: FileRotation
  )
    throws(DaemonFailure) -> FileChannel
  {
    do {
      return FileChannel(name: name, outbox: FileOutbox(try FilePath(path)), rotation: rotation)
    } catch {
      throw DaemonFailure(.invalid, "channel `\(name)`: \(path) cannot be an outbox")
    }
  }

  private func channel(
    _ name: String,
    _ webhook: Settings.Webhook
  ) throws(DaemonFailure)
    -> WebhookChannel
  {
    let url = try url(of: name, webhook)
    var secrets: [WebhookSecret] = []
    for source in [webhook.secret, webhook.previousSecret].compactMap(\.self) {
      secrets.append(try secret(of: name, source))
    }
    let exchange = HTTPExchange(
      policy: webhook.addresses,
      deadline: webhook.timeout,
      connections: webhook.concurrency,
      authorityFile: webhook.authorityFile
    )
    return WebhookChannel(
      name: name,
      sender: WebhookOutbox(
        exchange: exchange,
        url: url,
        secrets: secrets,
        headers: try headers(of: name, webhook.headers),
        on4xx: webhook.on4xx
      ),
      schedule: webhook.schedule,
      breaker: webhook.breaker,
      pace: ChannelPace(concurrency: webhook.concurrency, rate: webhook.rate),
      gate: RetryRule(decider: decider, store: store).permit
    )
  }

  private func url(
    of channel: String,
    _ webhook: Settings.Webhook
  ) throws(DaemonFailure) -> WebURL {
    do { return try webhook.url(environment: environment) } catch {
      throw DaemonFailure(.invalid, "the address of channel `\(channel)`: \(error)")
    }
  }

  private func headers(
    of channel: String,
    _ headers: [Settings.Header]
  ) throws(DaemonFailure) -> [HeaderField] {
    var fields: [HeaderField] = []
    for header in headers {
      switch header.value {
      case .text(let text): fields.append(HeaderField(header.name, text))
      case .secret(let source, let scheme):
        let text = try self.text(of: source, "header `\(header.name)` of channel `\(channel)`")
        fields.append(HeaderField(header.name, scheme.value(text)))
      }
    }
    return fields
  }

  /// The one line that a secret holds.
  private func text(of source: SecretSource, _ use: String) throws(DaemonFailure) -> String {
    do { return try source.line(environment: environment) } catch {
      throw DaemonFailure(.invalid, "\(use): \(error)")
    }
  }

  private func secret(
    of channel: String,
    _ source: SecretSource
  ) throws(DaemonFailure)
    -> WebhookSecret
  {
    do {
      return try WebhookSecret(try source.read(environment: environment))
    } catch {
      throw DaemonFailure(.invalid, "the secret of channel `\(channel)`: \(error)")
    }
  }
}

extension Settings.Header.Scheme {
  /// The value of the header for a secret.
  fileprivate func value(_ secret: String) -> String {
    switch self {
    case .bare: secret
    case .bearer: "Bearer \(secret)"
    case .basic: "Basic \(Data(secret.utf8).base64EncodedString())"
    }
  }
}
