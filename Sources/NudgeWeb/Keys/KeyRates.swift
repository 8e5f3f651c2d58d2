import NudgeCore
import Synchronization

/// How fast each key is used: a bucket that fills at the rate and holds a second's worth.
///
/// A class, shared by all connections; a mutex guards what is small. Only keys that are known are counted, so there are no
/// more buckets than keys.
final class KeyRates: Sendable {
  private struct Bucket {
    var tokens: Double
    var at: ContinuousClock.Instant
  }

  /// Requests a second; `nil`: any.
  private let perSecond: Int?
  private let buckets = Mutex<[[UInt8]: Bucket]>([:])

  init(perSecond: Int?) {
    self.perSecond = perSecond
  }

  /// Whether one more request of a key may pass now; it then counts.
  func admits(_ key: String, now: ContinuousClock.Instant = .now) -> Bool {
    guard let perSecond else { return true }
    let name = Digest.sha256(Array(key.utf8))
    return buckets.withLock { buckets in
      let limit = Double(perSecond)
      var bucket = buckets[name] ?? Bucket(tokens: limit, at: now)
      let passed = (now - bucket.at) / .seconds(1)
      bucket = Bucket(tokens: min(limit, bucket.tokens + passed * limit), at: now)
      defer { buckets[name] = bucket }
      guard bucket.tokens >= 1 else { return false }
      bucket.tokens -= 1
      return true
    }
  }
}
