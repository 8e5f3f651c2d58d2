public import CoreMetrics
import Synchronization

/// All metrics of the process, ours and those that libraries make through swift-metrics.
///
/// It shows them in the Prometheus text format, version 0.0.4. Making a series takes a lock; counting does not,
/// but for histograms.
public final class MetricsRegistry: Sendable {
  /// Bounds of buckets, in seconds, from one write to the longest that a client waits.
  static let durationBounds: [Double] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  /// Bounds of buckets for values of any kind: powers of four.
  static let valueBounds: [Double] = (0...10).map { Double(1 << (2 * $0)) }

  private let families = Mutex<[String: any ExposedFamily]>([:])

  /// A registry without metrics.
  public init() {}

  /// A count that only grows; `_total` is put behind its name.
  func counter(
    _ name: String,
    help: String,
    labels: [String] = []
  ) -> MetricFamily<CounterCell> {
    family(MetricName.valid(name, ending: "_total"), help, labels) { CounterCell() }
  }

  /// A value that goes up and down.
  func gauge(
    _ name: String,
    help: String,
    labels: [String] = []
  ) -> MetricFamily<GaugeCell> {
    family(MetricName.valid(name), help, labels) { GaugeCell() }
  }

  /// How values are spread over buckets with these upper bounds.
  func histogram(
    _ name: String,
    help: String,
    labels: [String] = [],
    bounds: [Double] = durationBounds
  ) -> MetricFamily<HistogramCell> {
    family(MetricName.valid(name), help, labels) { HistogramCell(bounds: bounds) }
  }

  /// Every metric in the text format, sorted by name and labels.
  public var text: String {
    var text = ""
    for family in all.sorted(by: { $0.name < $1.name }) { family.write(to: &text) }
    return text
  }

  /// The family of a name, made where there is none; a name stands for one kind of metric.
  private func family<Cell>(
    _ name: String,
    _ help: String,
    _ labels: [String],
    make: @escaping @Sendable () -> Cell
  ) -> MetricFamily<Cell> {
    families.withLock { families in
      guard let known = families[name] else {
        let family = MetricFamily(name: name, help: help, labels: labels, make: make)
        families[name] = family
        return family
      }
      guard let family = known as? MetricFamily<Cell> else {
        preconditionFailure("\(name) is not a \(Cell.kind)")
      }
      return family
    }
  }

  private var all: [any ExposedFamily] { families.withLock { Array($0.values) } }

  private func remove(_ cell: AnyObject) {
    for family in all { family.remove(cell) }
  }
}

extension MetricsRegistry: MetricsFactory {
  /// A counter of a library; `_total` is put behind its name.
  public func makeCounter(
    label: String,
    dimensions: [(String, String)]
  ) -> any CounterHandler {
    counter(label, help: "").cell(labels: MetricsRegistry.labels(dimensions))
  }

  /// A counter of a library that takes fractions.
  public func makeFloatingPointCounter(
    label: String,
    dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    counter(label, help: "").cell(labels: MetricsRegistry.labels(dimensions))
  }

  /// A gauge of a library.
  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    gauge(label, help: "").cell(labels: MetricsRegistry.labels(dimensions))
  }

  /// A histogram of a library, or a gauge where it wants the last value only.
  public func makeRecorder(
    label: String,
    dimensions: [(String, String)],
    aggregate: Bool
  ) -> any RecorderHandler {
    let labels = MetricsRegistry.labels(dimensions)
    guard aggregate else { return gauge(label, help: "").cell(labels: labels) }
    let bounds = MetricsRegistry.valueBounds
    return histogram(label, help: "", bounds: bounds).cell(labels: labels)
  }

  /// A histogram of seconds of a library; `_seconds` is put behind its name.
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    let name = MetricName.valid(label, ending: "_seconds")
    return histogram(name, help: "").cell(labels: MetricsRegistry.labels(dimensions))
  }

  /// Forgets a counter.
  public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }

  /// Forgets a counter.
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
    remove(handler)
  }

  /// Forgets a gauge.
  public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }

  /// Forgets a histogram or a gauge.
  public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }

  /// Forgets a histogram.
  public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

  private static func labels(_ dimensions: [(String, String)]) -> [MetricLabel] {
    dimensions.map { MetricLabel(MetricName.valid($0), $1) }.sorted { $0.name < $1.name }
  }
}
