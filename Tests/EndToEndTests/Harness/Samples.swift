import Foundation
import NudgeCore
import NudgeTesting

/// Rule files of a dozen lines.
enum SampleRules {
  /// One message at once to each channel, and more if steps are given.
  static func welcome(_ channels: [String], more steps: [String] = []) -> String {
    let first = channels.map { channel in
      "{name: hello-\(channel), immediately: true, send: \(channel), template: hello}"
    }
    let lines = (first + steps).map { "      - \($0)\n" }.joined()
    return """
      nudged: 1
      models:
        onboarding:
          subject: user
          starts: {did: Signed Up}
          milestones:
            project-created: {weight: 1, reached_when: {did: Project Created}}
          activated_when: {milestones_reached: all}
      campaigns:
        welcome:
          mode: live
          model: onboarding
          while: {activated: false}
          steps:

      """ + lines
  }
}

/// A receiver of webhooks, and the settings that lead to it.
enum Webhook {
  static let key = Array(UInt8(0)..<32)
  static let secret = "whsec_" + Data(key).base64EncodedString()

  /// A channel that leads to a port of this machine.
  static func channel(_ name: String, port: Int, more: String = "") -> String {
    """
      \(name): {kind: message, webhook: "http://127.0.0.1:\(port)/\(name)", secret: "file:webhook.secret",
        allow_http: true, allow_networks: [127.0.0.0/8], expires: 24h\(more)}
    """
  }

  /// Settings with these channels.
  static func settings(_ channels: String...) -> String {
    """
    nudged_config: 1
    timezone: UTC
    listen: {http: "127.0.0.1:0", control: control.sock}
    channels:

    """ + channels.joined(separator: "\n") + "\n"
  }

  /// Whether a request carries the signature of Standard Webhooks 1.0, worked out here once more.
  static func isSigned(_ request: LoopbackReceiver.Request) -> Bool {
    guard let id = request.headers["webhook-id"], let at = request.headers["webhook-timestamp"]
    else { return false }
    let signed = Array("\(id).\(at).".utf8) + request.body
    let signature = Data(Digest.hmacSHA256(signed, key: key)).base64EncodedString()
    return request.headers["webhook-signature"] == "v1,\(signature)"
  }
}

/// One track call as an SDK sends it.
struct SampleEvent {
  let messageID: String
  let user: String
  let name: String

  var json: String {
    #"{"type":"track","messageId":"\#(messageID)","userId":"\#(user)","event":"\#(name)"}"#
  }

  /// The body of `/v1/batch`.
  static func batch(_ events: [SampleEvent]) -> String {
    #"{"batch":[\#(events.map(\.json).joined(separator: ","))]}"#
  }
}

extension DaemonProcess {
  /// Lets people sign up, in one batch.
  func signUp(_ users: [String], key: String) throws -> HTTPAnswer {
    let events = users.map { SampleEvent(messageID: "\($0)-signs-up", user: $0, name: "Signed Up") }
    return try post("/v1/batch", SampleEvent.batch(events), key: key)
  }
}

/// A JSON text read by a reader that is not ours.
func json(_ text: String) throws -> Any {
  try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
}

/// A JSON object read by a reader that is not ours; empty when it is none.
func object(_ text: String) throws -> [String: Any] {
  try json(text) as? [String: Any] ?? [:]
}

/// The id of the intervention in a payload.
func interventionID(_ payload: String) throws -> String? {
  (try object(payload)["data"] as? [String: Any])?["id"] as? String
}
