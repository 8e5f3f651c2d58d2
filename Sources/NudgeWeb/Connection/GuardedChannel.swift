import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Hummingbird's HTTP/1.1 channel with a guard in its pipeline.
struct GuardedChannel: ServerChildChannel {
  let inner: HTTP1Channel
  let limits: WebLimits
  let addresses: AddressBook
  let proxies: TrustedAddresses

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    inner.setup(channel: channel, logger: logger).flatMapThrowing { value in
      try self.addGuard(to: channel)
      return value
    }
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async {
    await inner.handle(value: value, logger: logger)
  }

  private func addGuard(to channel: any Channel) throws {
    try admit(channel)
    try boundUnreadAnswers(channel)
    let connection = ConnectionGuard(limits: limits)
    let pipeline = channel.pipeline.syncOperations
    let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
    // Behind TLS, where there is any: a handshake is no request yet.
    try pipeline.addHandler(ByteWatch(connection), position: .before(parser))
    try pipeline.addHandler(PartWatch(connection), position: .after(parser))
  }

  /// An answer that the system holds since its reader's window is closed ends the connection, as one that we hold.
  ///
  /// TCP_USER_TIMEOUT in milliseconds (tcp(7); RFC 5482).
  private func boundUnreadAnswers(_ channel: any Channel) throws {
    guard channel.remoteAddress?.ipAddress != nil else { return }
    let userTimeout = ChannelOptions.Types.SocketOption(
      level: .tcp,
      name: NIOBSDSocket.Option(rawValue: 18)
    )
    let milliseconds = limits.request / .milliseconds(1)
    try channel.syncOptions?.setOption(userTimeout, value: SocketOptionValue(milliseconds))
  }

  private func admit(_ channel: any Channel) throws {
    guard case .remote(let address) = Peer(channel.remoteAddress), !proxies.contains(address) else {
      return
    }
    guard addresses.enter(address, limit: limits.connectionsPerAddress) else {
      throw TooManyConnections()
    }
    channel.closeFuture.whenComplete { _ in addresses.leave(address) }
  }
}

/// Thrown into the pipeline's set-up, which closes the channel.
private struct TooManyConnections: Error {}

/// How many connections each address has.
///
/// A class, shared by all connections of a server.
final class AddressBook: Sendable {
  private let counts = Mutex<[String: Int]>([:])

  /// Whether one more connection of the address is welcome; it then counts.
  func enter(_ address: String, limit: Int) -> Bool {
    counts.withLock { counts in
      guard counts[address, default: 0] < limit else { return false }
      counts[address, default: 0] += 1
      return true
    }
  }

  /// One connection of the address less.
  func leave(_ address: String) {
    counts.withLock { counts in
      let count = counts[address, default: 0] - 1
      counts[address] = count > 0 ? count : nil
    }
  }
}

/// Who is at the other end of a connection.
enum Peer: Hashable, Sendable {
  /// This machine.
  case local
  /// The address of another one.
  case remote(String)

  init(_ address: SocketAddress?) {
    guard let address, let text = address.ipAddress else {
      self = .local
      return
    }
    let isLoopback = text.hasPrefix("127.") || text == "::1" || text.hasPrefix("::ffff:127.")
    self = isLoopback ? .local : .remote(text)
  }
}
