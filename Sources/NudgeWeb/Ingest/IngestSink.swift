public import NudgeCore
public import NudgeWire

/// Where what was taken in goes.
///
/// Answers within four seconds, whatever happens: SDKs give up after ten, and ask again.
public protocol IngestSink: Sendable {
  /// Keeps events and rejections, and says how that went once it is certain.
  func take(_ batch: WireBatch, receivedAt: Timestamp) async -> IngestAnswer
}

/// How taking in went.
public enum IngestAnswer: Hashable, Sendable {
  /// All of it is on disk.
  case durable
  /// Nothing was taken; there is too much to do.
  case overCapacity(retryAfterSeconds: Int)
  /// Nothing was taken; there is no room.
  case diskFull(retryAfterSeconds: Int)
  /// Nothing was taken; the service ends.
  case stopping
}
