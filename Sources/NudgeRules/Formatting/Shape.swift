/// What the table of keys says about the order inside a value.
indirect enum Shape {
  /// A map of a kind, whose keys have their order.
  case map(MapKind)
  /// A map of names in the author's order.
  case names(Shape)
  case list(Shape)
  /// Anything else; it stays as it is.
  case other

  init(_ kind: ValueKind) {
    switch kind {
    case .condition: self = .map(.condition)
    case .conditions: self = .list(.map(.condition))
    case .map(let inner): self = .map(inner)
    case .list(let inner): self = .list(.map(inner))
    case .named(let inner): self = .names(.map(inner))
    case .listOf(let inner): self = .list(Shape(inner))
    case .reEntry: self = .map(.reEntry)
    case .breaker: self = .map(.breaker)
    default: self = .other
    }
  }

  /// The shape of the value behind a key.
  func value(of key: String) -> Shape {
    switch self {
    case .map(let kind): kind.key(key).map { Shape($0.kind) } ?? .other
    case .names(let inner): inner
    case .list, .other: .other
    }
  }

  /// The shape of the elements of a list.
  var element: Shape {
    if case .list(let inner) = self { inner } else { .other }
  }

  /// The places of these keys in the order in which they are best written; unknown ones keep theirs, at the end.
  func order(of keys: [String]) -> [Int] {
    guard case .map(let kind) = self else { return Array(keys.indices) }
    let known = kind.keys.map(\.name)
    let ranks = keys.map { known.firstIndex(of: $0) ?? known.count }
    return keys.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
  }
}
