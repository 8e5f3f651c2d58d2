/// What the wire takes, and no more.
public struct WireLimits: Hashable, Sendable {
  /// Bytes of a body, after inflating.
  ///
  /// RudderStack's SDKs reach this size honestly.
  public let bodyBytes: Int
  /// Bytes of one message; a longer one is rejected while the rest of its batch is taken.
  ///
  /// The SDKs hold their users to the same 32 KiB.
  public let messageBytes: Int
  /// Messages of one batch: ten times what any SDK sends, and one commit of the store.
  public let batchMessages: Int
  /// Levels of JSON.
  ///
  /// Bounds the stack that reading takes.
  public let depth: Int

  /// Limits of these sizes, which default to those of `ingest.md`.
  public init(
    bodyBytes: Int = 8 << 20,
    messageBytes: Int = 32 << 10,
    batchMessages: Int = 2500,
    depth: Int = 64
  ) {
    self.bodyBytes = bodyBytes
    self.messageBytes = messageBytes
    self.batchMessages = batchMessages
    self.depth = depth
  }

  /// Characters of a `messageId`: with this the longest made by SDKs fits, and an index stays small.
  public static let messageIDCharacters = 100

  /// Bytes of a rejected message that are kept: enough to see which call it was.
  public static let rejectedBytes = 2048

  /// Bytes of a file that are read at once: past this size reading gets no faster.
  static let chunkBytes = 256 << 10

  /// Bytes of a line that are held; the rest of a longer one is passed over.
  ///
  /// Far above any message that is taken, far below what memory feels.
  static let lineBytes = 1 << 20
}
