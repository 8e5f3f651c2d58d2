import NudgeClient
import NudgeCore
import NudgeRules

/// Looks whether somebody listens where webhooks lead, and whether rules name channels that lead nowhere.
struct OutboxExam {
  let settings: Settings
  let configuration: Configuration
  let environment: [String: String]

  var findings: [Finding] {
    get async {
      await withTaskGroup { group in
        for (name, outbox) in settings.outboxes {
          // An address that cannot be had is a finding of `SecretExam`.
          guard case .webhook(let webhook) = outbox,
            let url = try? webhook.url(environment: environment)
          else { continue }
          group.addTask { await OutboxExam.look(at: url, of: name, webhook.addresses) }
        }
        var findings: [Finding] = []
        for await finding in group { findings.append(finding) }
        return findings.sorted { $0.subject < $1.subject } + nowhere
      }
    }
  }

  private static func look(
    at url: WebURL,
    of name: String,
    _ policy: AddressPolicy
  ) async -> Finding {
    let reach = Reach(policy: policy, deadline: Limits.lookDeadline)
    do {
      try await reach.look(at: url)
      return .good("channel \(name)", "somebody listens at \(url.place)")
    } catch {
      return .bad(
        "channel \(name)",
        "\(url.place) cannot be reached: \(error.text)",
        "start the receiver, or mend `webhook` of the channel; deliveries wait and are tried again"
      )
    }
  }

  /// With settings, a channel without an outbox sends nothing.
  private var nowhere: [Finding] {
    guard settings.outboxFolder == nil, let rules = configuration.reading.ruleSet else { return [] }
    let used = rules.campaigns.flatMap(\.steps).compactMap { step -> String? in
      if case .send(let channel) = step.action { channel } else { nil }
    }
    return Set(used).subtracting(settings.outboxes.keys).sorted().map { name in
      .bad(
        "channel \(name)",
        "rules send to it, and it leads nowhere",
        "write it below `channels` of the settings"
      )
    }
  }
}

extension WebURL {
  /// Host and port, without what may be secret in a path.
  fileprivate var place: String {
    switch host {
    case .name(let name): "\(name):\(port)"
    case .address(let address): address.isVersion6 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
  }
}
