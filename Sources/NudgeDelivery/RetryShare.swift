/// Sees to it that retries get a quarter of all places, however few places come at a time.
struct RetryShare: Hashable, Sendable {
  private let quartersSaved: Int

  init() {
    self.init(quartersSaved: 0)
  }

  private init(quartersSaved: Int) {
    self.quartersSaved = quartersSaved
  }

  /// How many of the next places are for retries first.
  func places(of count: Int) -> Int {
    min(count, (quartersSaved + count) / 4)
  }

  /// The share after so many places were given away, so many of them to retries.
  func giving(_ count: Int, retries: Int) -> RetryShare {
    // What retries did not want is not saved up for ever.
    RetryShare(quartersSaved: min(4, max(0, quartersSaved + count - 4 * retries)))
  }
}
