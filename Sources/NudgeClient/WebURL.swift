/// An absolute http or https URL, taken apart strictly.
///
/// What two parsers could read in two ways is refused: user names, white space, addresses in short or hexadecimal form,
/// characters outside of ASCII. So the host that is vetted is the host that is asked.
public struct WebURL: Hashable, Sendable {
  /// How the request travels.
  public enum Scheme: String, Hashable, Sendable {
    case http
    case https
  }

  /// Whom the URL names.
  public enum Host: Hashable, Sendable {
    /// A name to look up, in lower case.
    case name(String)
    /// An address.
    case address(IPAddress)
  }

  /// Why a text is no such URL.
  public enum Invalid: Error, Hashable, Sendable {
    /// It begins with neither `http://` nor `https://`.
    case scheme(String)
    /// The host is empty, or has characters that no host has.
    case host(String)
    /// The port is not 1 ... 65535.
    case port(String)
    /// It holds a user name; secrets go into `headers`.
    case userName
    /// The path or query holds white space, a fragment or characters outside of ASCII.
    case target(String)
  }

  /// How the request travels.
  public let scheme: Scheme
  /// Whom it goes to.
  public let host: Host
  /// The port, the scheme's own when the text names none.
  public let port: Int
  /// Path and query; begins with `/`.
  public let target: String

  /// The URL that this text writes.
  ///
  /// - Throws: what is wrong with it.
  public init(_ text: String) throws(Invalid) {
    guard let scheme = Scheme.allCases.first(where: { text.hasPrefix("\($0.rawValue)://") }) else {
      throw .scheme(text)
    }
    let rest = text.dropFirst(scheme.rawValue.count + 3)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.contains("@") else { throw .userName }
    (self.host, self.port) = try WebURL.hostAndPort(authority, default: scheme.defaultPort)
    self.scheme = scheme
    self.target = try WebURL.target(rest[authority.endIndex...])
  }

  /// The URL in its one normal form.
  public var text: String {
    let name =
      switch host {
      case .name(let name): name
      case .address(let address): address.isVersion6 ? "[\(address)]" : "\(address)"
      }
    return "\(scheme.rawValue)://\(name):\(port)\(target)"
  }

  private static func hostAndPort(
    _ authority: Substring,
    default port: Int
  ) throws(Invalid) -> (Host, Int) {
    if authority.first == "[" {
      guard let end = authority.firstIndex(of: "]"),
        let address = IPAddress(
          String(authority[authority.index(after: authority.startIndex)..<end])
        )
      else { throw .host(String(authority)) }
      return (.address(address), try portNumber(authority[authority.index(after: end)...], port))
    }
    let colon = authority.firstIndex(of: ":") ?? authority.endIndex
    return (try host(authority[..<colon]), try portNumber(authority[colon...], port))
  }

  private static func host(_ text: Substring) throws(Invalid) -> Host {
    let name = text.lowercased()
    if let address = IPAddress(name) { return .address(address) }
    let labels = name.split(separator: ".")
    let isWellFormed = name.utf8.allSatisfy { byte in
      (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
        || [0x2d, 0x2e, 0x5f].contains(byte)
    }
    // `127.1`, `2130706433` and `0x7f.1` are addresses to the resolver: a last label begins with a letter.
    guard isWellFormed, name.utf8.count <= 253, let first = labels.last?.first, !first.isASCIIDigit
    else { throw .host(String(text)) }
    return .name(name)
  }

  private static func portNumber(_ text: Substring, _ fallback: Int) throws(Invalid) -> Int {
    guard !text.isEmpty else { return fallback }
    let digits = text.dropFirst()
    guard text.first == ":", !digits.isEmpty, digits.allSatisfy(\.isASCIIDigit),
      let port = Int(digits), (1...65_535).contains(port)
    else { throw .port(String(text)) }
    return port
  }

  private static func target(_ text: Substring) throws(Invalid) -> String {
    let isVisible = text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    guard isVisible, !text.contains("#") else { throw .target(String(text)) }
    return text.first == "/" ? String(text) : "/\(text)"
  }
}

extension WebURL.Scheme: CaseIterable {
  /// The port that goes without saying.
  public var defaultPort: Int {
    switch self {
    case .http: 80
    case .https: 443
    }
  }
}

extension WebURL.Invalid: CustomStringConvertible {
  /// What is wrong, and with what.
  public var description: String {
    switch self {
    case .scheme(let text): "`\(text)` does not begin with https:// or http://"
    case .host(let text): "`\(text)` is no host name or address"
    case .port(let text): "`\(text)` is no port"
    case .userName: "a URL holds no user name or password; use `headers`"
    case .target(let text): "`\(text)` holds white space, a fragment or characters outside of ASCII"
    }
  }
}
