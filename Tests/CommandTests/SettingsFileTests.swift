import Foundation
import NudgeTesting
import Testing

/// Every mistake that an operator makes in settings, with the line that it must be told by.
@Suite struct SettingsFileTests {
  /// A mistake, and how the report of it begins.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let text: String
    let line: String

    init(_ text: String, _ line: String) {
      (self.text, self.line) = (text, line)
    }

    var testDescription: String { text }
  }

  private static let whole = [
    Mistake("", "1:1: error[missing-key]: a settings file has no `timezone`"),
    Mistake("hello\n", "1:1: error[wrong-type]: `hello` stands where a map belongs"),
    Mistake("timezone: Mars/Olympus\n", "1:11: error[unknown-name]: unknown time zone"),
    Mistake("timezone: UTC\ntimezone: UTC\n", "2:1: error[duplicate-key]: the key `timezone`"),
    Mistake("timezone: UTC\nkeys:\n\tingest: file:x\n", "3:1: error[yaml-syntax]: a tab stands"),
    Mistake("timezone: UTC\nnudged_config: 2\n", "2:16: error[bad-number]: `2`"),
  ]

  private static let lines = [
    Mistake("chanels: {}", "2:1: error[unknown-key]: unknown key `chanels` in a settings file"),
    Mistake("listen: {http: 8627}", "2:16: error[wrong-type]: `8627` is no address"),
    Mistake("listen: {http: \"0.0.0.0:80\"}", "2:16: error[unsafe-address]: `0.0.0.0:80`"),
    Mistake("keys: {ingest: nwk_abc}", "2:16: error[plain-secret]: a secret does not belong"),
    Mistake("store: {keep_events: 400d}", "2:22: error[bad-duration]: `400d` is not calendar"),
    Mistake("limits: {connections: 0}", "2:23: error[bad-number]: `0` is not possible"),
    Mistake("limits: {body: 8}", "2:16: error[wrong-value]: `8` is not possible"),
    Mistake("cors: example.com", "2:1: error[wrong-type]: `cors` takes a list"),
    Mistake("trusted_proxies: [banana]", "2:19: error[wrong-type]: `banana` is no address and no"),
    Mistake("trusted_proxies: [10.0.0.0/99]", "2:19: error[wrong-type]: `10.0.0.0/99` is no"),
    Mistake("watch: maybe", "2:8: error[wrong-value]: `maybe` is not possible here"),
    Mistake("volume_limit: -3", "2:15: error[bad-number]: `-3` is not possible here"),
    Mistake("tls: {certificate: a}", "2:1: error[missing-key]: `tls` has no `key`"),
    Mistake("quiet_hours: {from: \"21:00\"}", "2:1: error[missing-key]: `quiet_hours` has no `to`"),
    Mistake("late_limit: 3 days", "2:13: error[bad-duration]: `3 days` is not clock time"),
  ]

  private static let channels = [
    Mistake("{}", "error[missing-key]: channel `email` leads nowhere"),
    Mistake("{inbox: false}", "error[wrong-value]: `false` is not possible here"),
    Mistake(
      "{file: x, timeout: 3s}",
      "error[misplaced-key]: `timeout` has no meaning for a channel with `file`"
    ),
    Mistake(
      "{webhook: \"https://a/b\", rotate: {size: 1MB}}",
      "error[misplaced-key]: `rotate` has no"
    ),
    Mistake(
      "{webhook: \"https://a/b\", file: x}",
      "error[misplaced-key]: channel `email` leads to two"
    ),
    Mistake(
      "{webhook: \"http://a/b\"}",
      "error[unsafe-address]: `http://a/b` goes out without TLS"
    ),
    Mistake(
      "{webhook: \"https://a/b\", secret: hunter2}",
      "error[plain-secret]: a secret does not"
    ),
    Mistake(
      "{webhook: \"https://hooks.slack.com/services/T0/B0/hunter2\"}",
      "error[plain-secret]: whoever knows an address at hooks.slack.com may send to it"
    ),
    Mistake("{webhook: \"credential:\"}", "write `credential:NAME` or `file:PATH`"),
    Mistake("{webhook: \"https://u:p@a/b\"}", "error[wrong-type]: `https://u:p@a/b` is no address"),
    Mistake("{webhook: \"https://a/b\", concurrency: 0}", "error[bad-number]: `0` is not possible"),
    Mistake("{file: x, rotate: {every: 1h}}", "error[bad-duration]: `1h` is not calendar time"),
  ]

  private static var all: [Mistake] {
    let below = lines.map { Mistake("timezone: UTC\n\($0.text)\n", $0.line) }
    let deep = channels.map { Mistake("timezone: UTC\nchannels:\n  email: \($0.text)\n", $0.line) }
    return whole + below + deep
  }

  @Test(arguments: all)
  func `a mistake is told where it stands, once`(mistake: Mistake) async throws {
    let folder = try TemporaryFolder()
    try folder.write("nudged: 1\n", to: "rules/empty.yaml")
    try folder.write(mistake.text, to: "nudged.yaml")
    let outcome = try await Program.run(["check", "--config", "nudged.yaml"], in: folder)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("nudged.yaml:"), "\(outcome.output)")
    #expect(outcome.output.contains(mistake.line), "\(outcome.output)")
    #expect(outcome.output.contains("1 error, "), "\(outcome.output)")
    #expect(!outcome.output.contains("hunter2") && !outcome.output.contains("nwk_abc"))
  }

  @Test(arguments: [
    ("keys: {ingest: \"file:nokey\"}", "there is no secret at nokey"),
    (
      "keys: {ingest: \"file:open.keys\"}",
      "open.keys can be read by others than its owner (mode 644)"
    ),
    ("keys: {ingest: \"credential:ingest\"}", "needs $CREDENTIALS_DIRECTORY"),
    ("keys: {ingest: \"file:short.keys\"}", "a key file"),
    (
      "channels: {email: {webhook: \"https://a/b\", secret: \"file:nosecret\"}}",
      "the secret of channel `email`: there is no secret at nosecret"
    ),
    (
      "channels: {chat: {webhook: \"file:nosecret\"}}",
      "the address of channel `chat`: there is no secret at nosecret"
    ),
    (
      "channels: {chat: {webhook: \"file:short.keys\"}}",
      "the address of channel `chat`: file:short.keys holds no address that begins with https://"
    ),
    (
      "channels: {chat: {webhook: \"file:plain.address\"}}",
      "the address of channel `chat`: the address in file:plain.address goes out without TLS"
    ),
  ])
  func `a daemon does not start with secrets that cannot be used`(
    line: String,
    text: String
  ) async throws {
    let folder = try TemporaryFolder()
    try folder.write("nwk_000102030405060708090a0b0c0d0e0f\n", to: "open.keys")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644],
      ofItemAtPath: folder.path(of: "open.keys")
    )
    for (name, text) in [("short.keys", "short"), ("plain.address", "http://chat/nwk_0001")] {
      try folder.write("\(text)\n", to: name)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600],
        ofItemAtPath: folder.path(of: name)
      )
    }
    let listen = "listen: {http: \"127.0.0.1:0\", control: control.sock}\n"
    try folder.write("timezone: UTC\n\(listen)\(line)\n", to: "nudged.yaml")
    let outcome = try await Program.run(["run"], in: folder)
    #expect(outcome.status == 78)
    #expect(outcome.notes.contains(text), "\(outcome.notes)")
    #expect(!outcome.notes.contains("nwk_0001"))
  }

  @Test func `good settings that are named are good, with no rules beside them yet`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("timezone: UTC\n", to: "nudged.yaml")
    let outcome = try await Program.run(["check", "--config", "nudged.yaml"], in: folder)
    #expect(outcome.status == 0, "\(outcome.notes)")
    #expect(outcome.output == "0 errors, 0 warnings in 0 files (0 campaigns, 0 models).\n")
  }
}
