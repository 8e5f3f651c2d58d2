import NudgeCore

/// Every different event fact that some rule needs, each at one place.
struct SeriesTable {
  private(set) var series: [Series] = []
  private var places: [Series: Int] = [:]

  /// The place of a series, a new one if it was not met before.
  mutating func place(of one: Series) -> Int {
    if let place = places[one] { return place }
    places[one] = series.count
    series.append(one)
    return series.count - 1
  }
}
