import NudgeDelivery
import NudgeWeb

/// Looks at every key file and webhook secret, and tells nothing of what is in them.
struct SecretExam {
  let settings: Settings
  let environment: [String: String]

  var findings: [Finding] {
    let keys = [
      (settings.keys.ingest, KeyRing.Kind.ingest), (settings.keys.admin, .admin),
      (settings.keys.inbox, .inbox),
    ].compactMap { source, kind in source.map { self.keys($0, kind) } }
    let secrets = settings.outboxes.sorted { $0.key < $1.key }.flatMap { name, outbox in
      if case .webhook(let webhook) = outbox {
        self.secrets(of: name, webhook)
      } else {
        [Finding]()
      }
    }
    return keys + secrets
  }

  private func keys(_ source: SecretSource, _ kind: KeyRing.Kind) -> Finding {
    examined("\(kind.rawValue) keys", source.text) {
      let text = try source.read(environment: environment)
      switch kind {
      case .ingest: _ = try KeyRing(ingest: text)
      case .admin: _ = try KeyRing(admin: text)
      case .inbox: _ = try KeyRing(inbox: text)
      }
    }
  }

  private func secrets(of channel: String, _ webhook: Settings.Webhook) -> [Finding] {
    let subject = "channel \(channel)"
    let findings =
      address(subject, webhook) + signing(subject, webhook)
      + webhook.headers.compactMap { header(subject, $0) }
    guard findings.isEmpty else { return findings }
    return [
      .warning(
        subject,
        "calls go out unsigned, and without a key of the receiver's",
        "give it a `secret`, or a header with a key, so that its receiver can tell our calls from others"
      )
    ]
  }

  private func address(_ subject: String, _ webhook: Settings.Webhook) -> [Finding] {
    guard case .secret(let source) = webhook.address else { return [] }
    return [
      examined(subject, "address: \(source.text)") {
        _ = try webhook.url(environment: environment)
      }
    ]
  }

  private func signing(_ subject: String, _ webhook: Settings.Webhook) -> [Finding] {
    [webhook.secret, webhook.previousSecret].compactMap(\.self).map { source in
      examined(subject, source.text) {
        _ = try WebhookSecret(try source.read(environment: environment))
      }
    }
  }

  private func header(_ subject: String, _ header: Settings.Header) -> Finding? {
    guard case .secret(let source, _) = header.value else { return nil }
    return examined(subject, "header \(header.name): \(source.text)") {
      _ = try source.line(environment: environment)
    }
  }

  /// What comes of trying to use a secret, told by its use and place.
  private func examined(_ subject: String, _ use: String, trial: () throws -> Void) -> Finding {
    do {
      try trial()
      return .good(subject, use)
    } catch let failure as SecretSource.Failure {
      return finding(subject, use, failure)
    } catch {
      return .bad(subject, "\(use): \(error)", "mend the file, then restart nudged")
    }
  }

  private func finding(_ subject: String, _ use: String, _ failure: SecretSource.Failure) -> Finding
  {
    switch failure {
    case .noCredentials: .good(subject, "\(use), which only the service itself can read")
    case .missing where subject.hasSuffix("keys") && settings.file == nil:
      .good(subject, "made at the first start")
    case .missing, .readableByOthers, .unreadable:
      .bad(subject, "\(failure)", "make the file so that only the user of nudged can read it")
    case .noLine, .noAddress, .noTLS:
      .bad(subject, "\(failure)", "mend the file, then restart nudged")
    }
  }
}
