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
    let subject = "\(kind.rawValue) keys"
    return examined(subject, source) { text in
      do {
        switch kind {
        case .ingest: _ = try KeyRing(ingest: text)
        case .admin: _ = try KeyRing(admin: text)
        case .inbox: _ = try KeyRing(inbox: text)
        }
        return nil
      } catch { return "\(error)" }
    }
  }

  private func secrets(of channel: String, _ webhook: Settings.Webhook) -> [Finding] {
    guard let secret = webhook.secret else {
      return [
        .warning(
          "channel \(channel)",
          "calls go out unsigned",
          "give it a `secret`, so that its receiver can tell our calls from others"
        )
      ]
    }
    return [secret, webhook.previousSecret].compactMap(\.self).map { source in
      examined("channel \(channel)", source) { text in
        do {
          _ = try WebhookSecret(text)
          return nil
        } catch { return "\(error)" }
      }
    }
  }

  private func examined(
    _ subject: String,
    _ source: SecretSource,
    complaint: (String) -> String?
  ) -> Finding {
    do {
      let text = try source.read(environment: environment)
      if let complaint = complaint(text) {
        return .bad(subject, "\(source.text): \(complaint)", "mend the file, then restart nudged")
      }
      return .good(subject, source.text)
    } catch {
      switch error {
      case .noCredentials:
        return .good(subject, "\(source.text), which only the service itself can read")
      case .missing where subject.hasSuffix("keys") && settings.file == nil:
        return .good(subject, "made at the first start")
      case .missing, .readableByOthers, .unreadable:
        return .bad(
          subject,
          "\(error)",
          "make the file so that only the user of nudged can read it"
        )
      }
    }
  }
}

extension SecretSource {
  /// As the settings write it.
  var text: String {
    switch self {
    case .file(let path): "file:\(path)"
    case .credential(let name): "credential:\(name)"
    }
  }
}
