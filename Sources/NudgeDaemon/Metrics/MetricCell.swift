import CoreMetrics
import Synchronization

/// What one series counts or shows.
protocol MetricCell: AnyObject, Sendable {
  /// The word after the name in the `TYPE` line.
  static var kind: String { get }

  /// Appends its samples in the text format.
  func write(name: String, labels: [MetricLabel], to text: inout String)
}

/// One label of a series.
struct MetricLabel: Hashable, Sendable {
  let name: String
  let value: String

  /// A label of this name and value.
  init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// A count that only grows.
///
/// Whole amounts are one atomic addition; fractions are kept beside them.
final class CounterCell: MetricCell, CounterHandler, FloatingPointCounterHandler {
  static let kind = "counter"

  private let whole = Atomic<Int64>(0)
  private let fraction = AtomicDouble()

  /// A count of zero.
  init() {}

  /// The count so far.
  var value: Double { Double(whole.load(ordering: .relaxed)) + fraction.value }

  /// Counts so many more.
  func count(_ amount: Int = 1) { increment(by: Int64(amount)) }

  func increment(by amount: Int64) {
    precondition(amount >= 0, "a counter cannot fall by \(amount)")
    whole.wrappingAdd(amount, ordering: .relaxed)
  }

  func increment(by amount: Double) {
    precondition(amount >= 0, "a counter cannot fall by \(amount)")
    fraction.update { $0 + amount }
  }

  /// Takes over a count that is kept elsewhere, as the system's of our CPU time.
  func set(_ value: Double) {
    whole.store(0, ordering: .relaxed)
    fraction.update { _ in value }
  }

  func reset() { set(0) }

  func write(name: String, labels: [MetricLabel], to text: inout String) {
    text.appendSample(name, labels, value)
  }
}

/// A value that goes up and down.
final class GaugeCell: MetricCell, MeterHandler, RecorderHandler {
  static let kind = "gauge"

  private let current = AtomicDouble()

  /// A value of zero.
  init() {}

  /// What it shows.
  var value: Double { current.value }

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { current.update { _ in value } }
  func increment(by amount: Double) { current.update { $0 + amount } }
  func decrement(by amount: Double) { current.update { $0 - amount } }
  func record(_ value: Int64) { set(value) }
  func record(_ value: Double) { set(value) }

  func write(name: String, labels: [MetricLabel], to text: inout String) {
    text.appendSample(name, labels, value)
  }
}

/// How many values lie below each of some bounds, with their sum.
///
/// Timers are histograms of seconds.
final class HistogramCell: MetricCell, RecorderHandler, TimerHandler {
  static let kind = "histogram"

  private struct State {
    /// By bucket, not cumulated; the last one has no bound.
    var counts: [Int]
    var sum: Double
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  /// No values yet, in buckets up to these ascending bounds, each of which its bucket holds.
  init(bounds: [Double]) {
    precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds that fall: \(bounds)")
    self.bounds = bounds
    self.state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1), sum: 0))
  }

  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[bucket] += 1
      state.sum += value
    }
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  /// Records a duration in seconds.
  func record(_ duration: Duration) { record(duration / .seconds(1)) }

  func write(name: String, labels: [MetricLabel], to text: inout String) {
    let state = state.withLock { $0 }
    var total = 0
    for (bound, count) in zip(bounds + [.infinity], state.counts) {
      total += count
      let le = MetricLabel("le", MetricNumber.text(bound))
      text.appendSample(name + "_bucket", labels + [le], Double(total))
    }
    text.appendSample(name + "_sum", labels, state.sum)
    text.appendSample(name + "_count", labels, Double(total))
  }
}

/// A `Double` that threads share; the standard library's atomics are whole numbers.
private struct AtomicDouble: ~Copyable {
  private let bits = Atomic<UInt64>(0)

  var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

  func update(_ next: (Double) -> Double) {
    var old = bits.load(ordering: .relaxed)
    while true {
      let new = next(Double(bitPattern: old)).bitPattern
      let (done, current) = bits.weakCompareExchange(
        expected: old,
        desired: new,
        ordering: .relaxed
      )
      if done { return }
      old = current
    }
  }
}
