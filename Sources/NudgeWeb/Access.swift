/// Who may do what on one listener.
public enum Access: Sendable {
  /// Whoever has a key.
  case keys(KeyRing)
  /// Everybody who can open the socket's file.
  case socketFile

  /// Whether this key, if any, opens doors of that kind.
  func allows(_ key: String?, _ kind: KeyRing.Kind) -> Bool {
    switch self {
    case .socketFile: true
    case .keys(let ring): key.map { ring.holds($0, as: kind) } ?? false
    }
  }

  /// The doors that this key, if any, opens; none for a key that is unknown.
  func kinds(of key: String?) -> Set<KeyRing.Kind> {
    Set(KeyRing.Kind.allCases.filter { allows(key, $0) })
  }
}
