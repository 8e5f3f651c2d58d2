extension Key {
  static let settings = [
    Key("nudged_config", .whole(1...1), "The format of this file."),
    Key(
      "timezone",
      .zone,
      "The zone of people whose own, and whose account's, is not known.",
      required: true
    ),
    Key("rules", .text, "The folder of the rule files."),
    Key("templates", .text, "The folder of the templates."),
    Key("listen", .map(.listen), "Where the daemon listens."),
    Key("keys", .map(.keys), "Who may send events, who may read and change."),
    Key("store", .map(.store), "Where state lies, and how long it is kept."),
    Key("channels", .named(.channel), "Where the channels that steps name lead."),
    Key("quiet_hours", .map(.quietHours), "When no message goes out, local to the person."),
    Key("caps", .list(.cap), "How many messages one gets; the strictest wins."),
    Key("on_cap", .choice(["wait", "drop"]), "What a cap does; wait unless said."),
    Key("unsubscribed_when", .condition, "Who gets no messages and leaves all campaigns."),
    Key("late_limit", .clockSpan, "How old an event may be and still trigger; 72h unless said."),
    Key("alerts", .name, "The channel of operational alerts."),
    Key("decisions", .name, "The channel that gets every decision."),
    Key("limits", .map(.limits), "Bounds of what is taken in."),
    Key("cors", .listOf(.text), "Origins whose pages may call."),
    Key("tls", .map(.tls), "Certificate and key of a public address."),
    Key("behind_proxy", .flag, "A proxy in front ends TLS."),
    Key(
      "trusted_proxies",
      .listOf(.text),
      "Proxies, by address or network: their connections are not counted by address."
    ),
    Key("watch", .flag, "Loads rules when their files change."),
    Key("volume_limit", .whole(0...1_000_000_000), "Entries on deploy before `plan` asks."),
  ]

  static let listen = [
    Key("http", .text, "Address and port of ingest, API, dashboard and metrics."),
    Key("control", .text, "The socket of the commands."),
  ]

  static let keys = [
    Key("ingest", .secret, "Keys that may send events."),
    Key("admin", .secret, "Keys that may read and change."),
    Key("inbox", .secret, "Keys that may read progress and inboxes."),
  ]

  static let store = [
    Key("path", .text, "The database file."),
    Key("keep_events", .calendarSpan, "How long events are kept; 400 days unless said."),
    Key("keep_decisions", .calendarSpan, "How long decisions are kept; 400 days unless said."),
  ]

  static let limits = [
    Key("body", .byteSize, "The largest request."),
    Key("message", .byteSize, "The largest event."),
    Key("rate", .rate, "Requests a second from one key."),
    Key("connections", .whole(1...1_000_000), "Open connections."),
  ]

  static let tls = [
    Key("certificate", .text, "The file of the certificate chain.", required: true),
    Key("key", .text, "The file of the private key.", required: true),
  ]

  /// The keys of a channel that decide.
  static let decidingChannel = [
    Key("kind", .choice(["message", "internal"]), "Whether it talks to the subject or to us."),
    Key("quiet_hours", .choice(["ignore"]), "Goes out in quiet hours too."),
    Key("expires", .span, "How long a plan keeps its meaning."),
  ]

  static let channel: [Key] =
    Array(decidingChannel.prefix(1)) + [
      Key(
        "webhook",
        .text,
        "The address that is called; `credential:NAME` or `file:PATH` where it is a secret."
      ),
      Key("file", .text, "The file that is appended to."),
      Key("inbox", .yes, "Kept for the product to fetch."),
    ] + decidingChannel.dropFirst() + [
      Key("secret", .secret, "The key that signs."),
      Key("previous_secret", .secret, "The key before, during a change."),
      Key("timeout", .clockSpan, "For one exchange; 15s unless said."),
      Key("concurrency", .whole(1...1000), "Calls at one time; 4 unless said."),
      Key("rate", .rate, "Calls a second."),
      Key("breaker", .breaker, "When to stop calling for a while."),
      Key("schedule", .listOf(.clockSpan), "Waits before each attempt."),
      Key("on_4xx", .choice(["retry", "fail"]), "What a refusal means."),
      Key("body", .text, "A Mustache file that yields the body."),
      Key("headers", .anything, "Headers of each call."),
      Key("allow_http", .flag, "Lets a call go out without TLS."),
      Key("allow_networks", .listOf(.text), "Private networks that may be called."),
      Key("ca_file", .text, "Certificates that are trusted."),
      Key("rotate", .map(.rotate), "When a file is closed and a new one begun."),
      Key("schema_version", .whole(1...1), "The version of the payload."),
    ]

  /// Which kind of channel a key is of; `nil` for those of all.
  static func owner(ofChannelKey name: String) -> String? {
    switch name {
    case "rotate": "file"
    case "secret", "previous_secret", "timeout", "concurrency", "rate", "breaker", "schedule",
      "on_4xx", "body", "headers", "allow_http", "allow_networks", "ca_file":
      "webhook"
    default: nil
    }
  }

  static let rotate = [
    Key("size", .byteSize, "At this size."),
    Key("every", .calendarSpan, "After so many days."),
  ]

  static let breaker = [
    Key("failures", .whole(1...1000), "Failures in a row that open it."),
    Key("open_for", .clockSpan, "How long it stays open."),
  ]

  static let quietHours = [
    Key("from", .timeOfDay, "When silence begins.", required: true),
    Key("to", .timeOfDay, "When it ends.", required: true),
  ]

  static let cap = [
    Key("name", .name, "The name of the cap.", required: true),
    Key("channels", .names, "The channels it counts; all message channels unless said."),
    Key("at_most", .whole(1...1_000_000), "How many.", required: true),
    Key("per", .span, "In which sliding window.", required: true),
  ]
}
