/// Choices that repeat: the same seed gives the same choices in the same order.
struct Dice {
  private var generator: SeededGenerator

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
  }

  /// Whether something happens that happens so many times in a hundred.
  mutating func chance(_ percent: Int) -> Bool {
    number(0...99) < percent
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
    Int64.random(in: range, using: &generator)
  }

  /// One of these, of which there is at least one.
  mutating func pick<Element>(_ items: [Element]) -> Element {
    items[number(0...(items.count - 1))]
  }

  /// One of these, each as often as its weight says against the others'.
  mutating func pick<Element>(weighted items: [(weight: Int, item: Element)]) -> Element {
    var ticket = number(0...(items.reduce(0) { $0 + $1.weight } - 1))
    for (weight, item) in items.dropLast() {
      if ticket < weight { return item }
      ticket -= weight
    }
    return items[items.count - 1].item
  }

  /// Some of these in their order, at least one and at most `limit`.
  mutating func some<Element>(of items: [Element], limit: Int = 2) -> [Element] {
    let wanted = min(items.count, number(1...limit))
    let places = Array(items.indices).shuffled(using: &generator).prefix(wanted).sorted()
    return places.map { items[$0] }
  }

  mutating func shuffled<Element>(_ items: [Element]) -> [Element] {
    items.shuffled(using: &generator)
  }

  /// What `make` gives, so many times in a hundred; otherwise nothing.
  mutating func maybe<Element>(_ percent: Int, _ make: (inout Dice) -> Element) -> Element? {
    chance(percent) ? make(&self) : nil
  }
}
