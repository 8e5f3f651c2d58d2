import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Bounded HTTP requests to addresses that a policy allows.
///
/// One hard deadline covers lookup, connect, TLS, head and body. Redirects are answers like any other. Every address of
/// a name is vetted, and a vetted address is the one connected to, so that a name cannot change its mind in between.
/// A class: connections are shared by the exchanges of a channel, and closed with it.
public final class HTTPExchange: Sendable {
  private let policy: AddressPolicy
  private let lookup: NameLookup
  private let call: BoundedCall
  private let pool: ClientPool

  /// Exchanges under this policy.
  ///
  /// `connections` are kept to one address at most; `authorityFile` is a PEM file of certificates to trust beside
  /// the system's. 4 KiB of an answer are read.
  public init(
    policy: AddressPolicy,
    deadline: Duration = .seconds(15),
    connections: Int = 4,
    authorityFile: String? = nil,
    lookup: NameLookup = NameLookup()
  ) {
    self.policy = policy
    self.lookup = lookup
    self.call = BoundedCall(deadline: deadline, maximumBytes: Limits.answerBytes)
    self.pool = ClientPool(
      connections: connections,
      connectTimeout: deadline / 2,
      authorityFile: authorityFile
    )
  }

  /// Sends a request once and waits for its answer, or for the deadline.
  public func send(_ request: OutgoingRequest) async -> ExchangeResult {
    await call.run { try await self.answer(to: request) }
  }

  private func answer(to request: OutgoingRequest) async throws -> IncomingAnswer {
    try policy.vet(scheme: request.url.scheme)
    let addresses = try await lookup.addresses(of: request.url.host)
    try policy.vet(addresses)
    for address in addresses.prefix(Limits.addressesTried).dropLast() {
      do {
        return try await answer(to: request, at: address)
      } catch {
        guard ExchangeFailure.isBeforeSending(error) else { throw error }
      }
    }
    guard let last = addresses.prefix(Limits.addressesTried).last else {
      throw ExchangeFailure(.dns, "no address")
    }
    return try await answer(to: request, at: last)
  }

  private func answer(
    to request: OutgoingRequest,
    at address: IPAddress
  ) async throws -> IncomingAnswer {
    let pooled = pool.client(for: ClientPool.Key(host: request.url.host, address: address))
    // Held until the answer is read: the client ends with its last user.
    defer { withExtendedLifetime(pooled) {} }
    return try await call.answer(to: HTTPClientRequest(request), over: pooled.client)
  }
}

extension HTTPClientRequest {
  init(_ request: OutgoingRequest) {
    self.init(url: request.url.text)
    method = HTTPMethod(rawValue: request.method)
    headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
    if !request.body.isEmpty { body = .bytes(ByteBuffer(bytes: request.body)) }
  }
}
