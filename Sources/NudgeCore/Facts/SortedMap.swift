/// A few values by key, in the order of the keys.
///
/// A subject has a handful of facts, campaigns and steps: looking through them costs less than hashing a name, and
/// they are written in their order without being sorted first. Copies share their storage until one changes.
struct SortedMap<Key: Comparable & Hashable & Sendable, Value: Hashable & Sendable>: Hashable,
  Sendable
{
  private struct Entry: Hashable, Sendable {
    let key: Key
    /// `nil` only while a value is changed in place, so that there is never a second reference to it.
    var value: Value?
  }

  private var entries: [Entry] = []

  init() {}

  /// A map of these pairs, the first of each key; they need not be in order.
  init(_ pairs: some Sequence<(Key, Value)>) {
    for (key, value) in pairs where self[key] == nil { append(key, value) }
  }

  var isEmpty: Bool { entries.isEmpty }

  var count: Int { entries.count }

  var keys: [Key] { entries.map(\.key) }

  var values: [Value] { entries.compactMap(\.value) }

  /// The value under a key; `nil` when there is none, and setting it to `nil` takes it out.
  subscript(key: Key) -> Value? {
    // Inlined, so that of a large value only what is asked for is copied.
    @inline(__always) get {
      guard let place = place(of: key) else { return nil }
      return entries[place].value
    }
    _modify {
      let place = place(of: key)
      var value: Value?
      if let place { swap(&value, &entries[place].value) }
      defer { put(value, at: place, under: key) }
      yield &value
    }
  }

  /// The value under a key, or this one where there is none.
  subscript(key: Key, default initial: @autoclosure () -> Value) -> Value {
    get { self[key] ?? initial() }
    _modify {
      let place = place(of: key)
      var taken: Value?
      if let place { swap(&taken, &entries[place].value) }
      var value = taken ?? initial()
      taken = nil
      defer { put(value, at: place, under: key) }
      yield &value
    }
  }

  /// Takes a value out; `nil` when there was none.
  @discardableResult
  mutating func removeValue(forKey key: Key) -> Value? {
    guard let place = place(of: key) else { return nil }
    return entries.remove(at: place).value
  }

  /// Adds a value whose key lies behind all others, as reading what was written in order does.
  mutating func append(_ key: Key, _ value: Value) {
    guard let last = entries.last, last.key >= key else {
      entries.append(Entry(key: key, value: value))
      return
    }
    self[key] = value
  }

  /// Calls with each pair, in the order of the keys; for what goes through all of them at each event.
  func forEachPair(_ body: (Key, Value) -> Void) {
    for entry in entries {
      if let value = entry.value { body(entry.key, value) }
    }
  }

  /// Whether a value passes a test; for what is asked at each event.
  func hasValue(where passes: (Value) -> Bool) -> Bool {
    for entry in entries {
      if let value = entry.value, passes(value) { return true }
    }
    return false
  }

  private func place(of key: Key) -> Int? {
    guard entries.count <= Limits.entriesComparedOneByOne else {
      let place = firstPlace(from: key)
      return place < entries.count && entries[place].key == key ? place : nil
    }
    for place in entries.indices where entries[place].key == key { return place }
    return nil
  }

  /// The place of the first key that is not smaller.
  private func firstPlace(from key: Key) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func put(_ value: Value?, at place: Int?, under key: Key) {
    switch (place, value) {
    case (let place?, nil): entries.remove(at: place)
    case (let place?, let value?): entries[place].value = value
    case (nil, nil): return
    case (nil, let value?):
      entries.insert(Entry(key: key, value: value), at: firstPlace(from: key))
    }
  }
}

extension SortedMap: Sequence {
  /// The pairs, in the order of the keys.
  func makeIterator() -> some IteratorProtocol<(key: Key, value: Value)> {
    entries.lazy.compactMap { entry in entry.value.map { (key: entry.key, value: $0) } }
      .makeIterator()
  }
}
