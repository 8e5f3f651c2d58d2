import NudgeWeb
import NudgeWire

extension Settings {
  /// The bounds of the listener.
  var webLimits: WebLimits {
    let standard = WebLimits()
    return WebLimits(
      wire: .init(
        bodyBytes: bodyBytes ?? standard.wire.bodyBytes,
        messageBytes: messageBytes ?? standard.wire.messageBytes
      ),
      connections: connections ?? standard.connections,
      requestsPerSecond: requestsPerSecond
    )
  }
}
