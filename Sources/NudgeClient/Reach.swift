import NIOCore
import NIOPosix

/// Whether somebody listens where a URL leads; nothing is sent.
public struct Reach: Sendable {
  private let policy: AddressPolicy
  private let lookup: NameLookup
  private let deadline: Duration

  /// A look at where a policy lets requests go, for so long at most.
  public init(policy: AddressPolicy, lookup: NameLookup = NameLookup(), deadline: Duration) {
    self.policy = policy
    self.lookup = lookup
    self.deadline = deadline
  }

  /// Opens a connection and closes it.
  ///
  /// - Throws: why there is none.
  public func look(at url: WebURL) async throws(ExchangeFailure) {
    do {
      let addresses = try await lookup.addresses(of: url.host)
      try policy.vet(scheme: url.scheme)
      try policy.vet(addresses)
      try await connect(to: addresses, port: url.port)
    } catch { throw ExchangeFailure(error) }
  }

  /// The first address that takes a connection is enough.
  private func connect(to addresses: [IPAddress], port: Int) async throws {
    var failure: (any Error)?
    for address in addresses {
      do { return try await connect(to: address, port: port) } catch { failure = error }
    }
    throw failure ?? NameLookup.Failure(text: "no address")
  }

  private func connect(to address: IPAddress, port: Int) async throws {
    let target = try SocketAddress(ipAddress: address.description, port: port)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(TimeAmount(deadline))
      .connect(to: target).get()
    try await channel.close()
  }
}
