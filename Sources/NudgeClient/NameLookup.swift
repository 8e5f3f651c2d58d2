import Dispatch
import Glibc
import Synchronization

/// Host names to addresses, asked of the system's resolver.
///
/// A class, since those who ask for the same name at the same time share one question. The system's resolver cannot be
/// interrupted: a question runs on a thread of its own, and one who is cancelled leaves without the answer.
public final class NameLookup: Sendable {
  /// A name that stands for no address.
  public struct Failure: Error, Hashable, Sendable {
    /// What the resolver said.
    public let text: String

    /// A failure with the resolver's words.
    public init(text: String) {
      self.text = text
    }
  }

  /// A blocking question: a name, answered by at least one address or a failure.
  public typealias Question = @Sendable (String) -> Result<[IPAddress], Failure>

  private typealias Waiter = CheckedContinuation<[IPAddress], any Error>

  private struct State {
    var known: [String: (addresses: [IPAddress], until: ContinuousClock.Instant)] = [:]
    var waiting: [String: [Int: Waiter]] = [:]
    var asked = 0
  }

  private let ask: Question
  private let state = Mutex(State())

  /// A lookup that asks so; the system's resolver unless told.
  public init(asking ask: @escaping Question = NameLookup.systemQuestion) {
    self.ask = ask
  }

  /// The addresses of a host, in the order in which they should be tried.
  ///
  /// - Throws: `Failure`, or `CancellationError` at once when the task is cancelled.
  public func addresses(of host: WebURL.Host) async throws -> [IPAddress] {
    switch host {
    case .address(let address): [address]
    case .name(let name): try await addresses(named: name)
    }
  }

  private func addresses(named name: String) async throws -> [IPAddress] {
    let known = state.withLock { state in
      state.known[name].flatMap { $0.until > .now ? $0.addresses : nil }
    }
    if let known { return known }
    let ticket = state.withLock { state in
      state.asked += 1
      return state.asked
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiter in enqueue(waiter, ticket, for: name) }
    } onCancel: {
      leave(ticket, name)
    }
  }

  private func enqueue(_ waiter: Waiter, _ ticket: Int, for name: String) {
    guard !Task.isCancelled else { return waiter.resume(throwing: CancellationError()) }
    let isFirst = state.withLock { state in
      let isFirst = state.waiting[name] == nil
      state.waiting[name, default: [:]][ticket] = waiter
      return isFirst
    }
    // The handler may have run before the waiter was there.
    if Task.isCancelled { leave(ticket, name) }
    guard isFirst else { return }
    // A queue of its own has a thread of its own, so that a resolver that hangs holds up nothing else.
    DispatchQueue(label: "nudged.lookup").async { self.settle(name, self.ask(name)) }
  }

  private func leave(_ ticket: Int, _ name: String) {
    let waiter = state.withLock { $0.waiting[name]?.removeValue(forKey: ticket) }
    waiter?.resume(throwing: CancellationError())
  }

  private func settle(_ name: String, _ answer: Result<[IPAddress], Failure>) {
    let waiters = state.withLock { state in
      if case .success(let addresses) = answer {
        state.known[name] = (addresses, .now + Limits.lookupLifetime)
      }
      return state.waiting.removeValue(forKey: name) ?? [:]
    }
    for waiter in waiters.values { waiter.resume(with: answer.mapError { $0 }) }
  }
}

extension NameLookup {
  /// Asks `getaddrinfo`, whose order follows RFC 6724.
  public static let systemQuestion: Question = { name in
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(name, nil, &hints, &list)
    guard code == 0 else { return .failure(Failure(text: String(cString: gai_strerror(code)))) }
    defer { freeaddrinfo(list) }
    let addresses = sequence(first: list) { $0?.pointee.ai_next }
      .prefix { $0 != nil }
      .compactMap { $0.flatMap { address(of: $0.pointee) } }
    guard !addresses.isEmpty else { return .failure(Failure(text: "no address")) }
    return .success(addresses)
  }

  private static func address(of info: addrinfo) -> IPAddress? {
    guard let raw = UnsafeRawPointer(info.ai_addr) else { return nil }
    switch info.ai_family {
    case AF_INET:
      let socket = raw.loadUnaligned(as: sockaddr_in.self)
      return IPAddress(bytes: withUnsafeBytes(of: socket.sin_addr) { Array($0) })
    case AF_INET6:
      let socket = raw.loadUnaligned(as: sockaddr_in6.self)
      return IPAddress(bytes: withUnsafeBytes(of: socket.sin6_addr) { Array($0) })
    default:
      return nil
    }
  }
}
