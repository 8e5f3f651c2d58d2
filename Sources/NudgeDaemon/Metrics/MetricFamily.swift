import Synchronization

/// All series of one name.
final class MetricFamily<Cell: MetricCell>: ExposedFamily {
  let name: String
  private let help: String
  private let labelNames: [String]
  private let make: @Sendable () -> Cell
  private let cells: Mutex<[[MetricLabel]: Cell]>

  /// A family whose series tell themselves apart by these labels; none yet.
  init(name: String, help: String, labels: [String], make: @escaping @Sendable () -> Cell) {
    self.name = name
    self.help = help
    self.labelNames = labels
    self.make = make
    self.cells = Mutex([:])
  }

  /// The series of these values, one for each label of the family in the family's order.
  func cell(_ values: String...) -> Cell {
    cell(labels: labels(values))
  }

  /// The series of these labels, made where there is none.
  func cell(labels: [MetricLabel]) -> Cell {
    cells.withLock { cells in
      if let cell = cells[labels] { return cell }
      let cell = make()
      cells[labels] = cell
      return cell
    }
  }

  func remove(_ cell: AnyObject) {
    cells.withLock { cells in cells = cells.filter { $1 !== cell } }
  }

  func write(to text: inout String) {
    let series = cells.withLock { $0 }.sorted { left, right in
      left.key.lexicographicallyPrecedes(right.key) { ($0.name, $0.value) < ($1.name, $1.value) }
    }
    guard !series.isEmpty else { return }
    text.appendHeading(name, kind: Cell.kind, help: help)
    for (labels, cell) in series {
      cell.write(name: name, labels: labels, to: &text)
    }
  }

  private func labels(_ values: [String]) -> [MetricLabel] {
    precondition(values.count == labelNames.count, "\(name) has labels \(labelNames)")
    return zip(labelNames, values).map { MetricLabel($0, $1) }
  }
}

extension MetricFamily<GaugeCell> {
  /// Makes these the only series; what is not among them is gone from the page.
  func replace(with values: [(labels: [String], value: Double)]) {
    let series = values.map { values in
      let cell = GaugeCell()
      cell.set(values.value)
      return (labels(values.labels), cell)
    }
    cells.withLock { $0 = Dictionary(series) { $1 } }
  }
}

/// A family of whatever cells, as the registry holds it.
protocol ExposedFamily: AnyObject, Sendable {
  var name: String { get }

  /// Forgets the series of a cell, if it is of this family.
  func remove(_ cell: AnyObject)

  /// Appends the family in the text format; nothing when it has no series.
  func write(to text: inout String)
}
