import NudgeClient
import NudgeCore
import NudgeDelivery
import NudgeStore

/// What the operator decides: addresses, secrets, folders and limits.
///
/// Every path is absolute or relative to the working directory.
public struct Settings: Sendable {
  /// Where one channel leads.
  enum Outbox: Sendable {
    case webhook(Webhook)
    case file(path: String, rotation: FileRotation)
    /// Kept for the product to fetch.
    case inbox
  }

  /// A receiver and how to call it.
  struct Webhook: Sendable {
    /// Where a receiver is.
    enum Address: Sendable {
      case plain(WebURL)
      /// Whoever knows it may send, as with the webhooks of chats.
      case secret(SecretSource)
    }

    let address: Address
    /// The new one first; `nil`: calls go out unsigned.
    let secret: SecretSource?
    let previousSecret: SecretSource?
    let timeout: Duration
    let concurrency: Int
    let rate: Rate?
    let breaker: Breaker.Settings?
    let schedule: RetrySchedule
    let on4xx: NudgeDelivery.Verdict.RefusalPolicy
    let addresses: AddressPolicy
    let authorityFile: String?
    let headers: [Header]
  }

  /// A header that is the same for each call.
  struct Header: Sendable {
    /// What stands before a secret.
    enum Scheme: String, Sendable {
      case bare
      case bearer
      /// What the secret holds, `USER:PASSWORD`, is encoded.
      case basic
    }

    /// Where the value comes from.
    enum Value: Sendable {
      case text(String)
      case secret(SecretSource, Scheme)
    }

    let name: String
    let value: Value
  }

  /// Where the keys of the API are.
  struct Keys: Sendable {
    let ingest: SecretSource?
    let admin: SecretSource?
    let inbox: SecretSource?
  }

  /// The settings file; `nil` when there is none.
  public let file: String?
  /// The folder of the rule files.
  public let rules: String
  /// The folder of the templates; `nil`: names are handed on.
  public let templates: String?
  let host: String
  let port: Int
  /// Whether other addresses than loopback may be listened at: with `tls`, or where a proxy in front ends TLS.
  let allowsPublic: Bool
  /// The socket that the commands talk to.
  public let control: String
  let keys: Keys
  /// The database file.
  public let database: String
  /// How long the past is kept.
  let retention: Retention
  /// By channel.
  let outboxes: [String: Outbox]
  /// The folder of file outboxes for channels that no settings mention; `nil` when there are settings.
  let outboxFolder: String?
  /// The channels that are kept for the product to fetch.
  var inboxes: [String] {
    outboxes.filter { if case .inbox = $0.value { true } else { false } }.keys.sorted()
  }

  /// The channel of operational alerts.
  let alerts: String?
  /// The channel that gets every decision.
  let decisions: String?
  let bodyBytes: Int?
  let messageBytes: Int?
  let connections: Int?
  /// Requests a second from one key; `nil`: any.
  let requestsPerSecond: Int?
  let origins: [String]
  /// What the listener answers with; `nil`: plain HTTP.
  var tls: TLSFiles?
  /// Whose connections are not counted by address.
  var trustedProxies: [IPNetwork] = []
  /// Whether rules are loaded when their files change.
  var isWatching = false
  /// How many a campaign may take in at a deploy before `plan` asks; `nil`: any number.
  public var volumeLimit: Int?

  /// The files of a certificate chain and of its private key.
  struct TLSFiles: Hashable, Sendable {
    let certificate: String
    let key: String
  }

  /// What holds without a settings file, in a folder: loopback, zone UTC, everything below it.
  static func standard(in folder: String) -> Settings {
    func path(_ name: String) -> String { folder == "." ? name : "\(folder)/\(name)" }
    return Settings(
      file: nil,
      rules: path("rules"),
      templates: nil,
      host: "127.0.0.1",
      port: Settings.standardPort,
      allowsPublic: false,
      control: path("control.sock"),
      keys: Keys(
        ingest: .file(path("ingest.keys")),
        admin: .file(path("admin.keys")),
        inbox: nil
      ),
      database: path("nudged.db"),
      retention: Settings.standardRetention,
      outboxes: [:],
      outboxFolder: path("outbox"),
      alerts: nil,
      decisions: nil,
      bodyBytes: nil,
      messageBytes: nil,
      connections: nil,
      requestsPerSecond: nil,
      origins: []
    )
  }

  /// How long the past is kept unless the settings say otherwise.
  static let standardRetention = Retention(eventDays: 400, decisionDays: 400)

  /// The port of ingest, API and metrics unless the settings say otherwise.
  static let standardPort = 8627
}

/// Where a secret is kept; never in the settings themselves.
enum SecretSource: Hashable, Sendable {
  /// A file that only its owner can read.
  case file(String)
  /// A file of the folder that the service manager hands over.
  case credential(String)

  /// As the settings write it.
  var text: String {
    switch self {
    case .file(let path): "file:\(path)"
    case .credential(let name): "credential:\(name)"
    }
  }
}
