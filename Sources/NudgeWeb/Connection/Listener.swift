import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Accepts the connections of one socket, and sees each to its end.
///
/// In place of Hummingbird's own server, which takes no socket that is open already, closes connections that have only
/// just been accepted when it stops, and wakes once a second.
struct Listener: Sendable {
  private typealias Server = NIOAsyncChannel<GuardedChannel.Value, Never>

  let connection: GuardedChannel
  let limits: WebLimits

  /// Listens until the end: a graceful one answers what has arrived.
  ///
  /// - Throws: `IOError` when the system lets nobody listen there.
  func run(
    at address: ListenAddress,
    onListening: @escaping @Sendable (any Channel) async -> Void
  ) async throws {
    let connections = ConnectionBook()
    let server = try await open(address, connections)
    await withGracefulShutdownHandler {
      await onListening(server.channel)
      await serve(server)
    } onGracefulShutdown: {
      server.channel.close(promise: nil)
      connections.end()
    }
  }

  private func serve(_ server: Server) async {
    await withDiscardingTaskGroup { group in
      // The loop ends with the server's channel; how it was closed makes no difference.
      try? await server.executeThenClose { accepted in
        for try await value in accepted {
          group.addTask { await connection.handle(value: value, logger: Listener.silence) }
        }
      }
    }
  }

  private func open(
    _ address: ListenAddress,
    _ connections: ConnectionBook
  ) async throws -> Server {
    let prepare: @Sendable (any Channel) -> EventLoopFuture<GuardedChannel.Value> = { channel in
      connection.setup(channel: channel, logger: Listener.silence).map { value in
        connections.enter(channel)
        return value
      }
    }
    return switch address {
    case .tcp(let host, let port):
      try await bootstrap.bind(host: host, port: port, childChannelInitializer: prepare)
    case .unix(let path):
      try await bootstrap.bind(unixDomainSocketPath: path, childChannelInitializer: prepare)
    case .inherited(let descriptor):
      try await bootstrap.bind(descriptor, childChannelInitializer: prepare)
    }
  }

  private var bootstrap: ServerBootstrap {
    ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: CInt(limits.backlog))
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .serverChannelInitializer { [limits] channel in
        channel.eventLoop.makeCompletedFuture {
          let delegate = MaximumAvailableConnections(limits.connections, logger: Listener.silence)
          let bound = AvailableConnectionsChannelHandler(delegate: delegate)
          try channel.pipeline.syncOperations.addHandler(bound)
        }
      }
  }

  /// Only the daemon logs.
  private static let silence = Logger(label: "web") { _ in SwiftLogNoOpLogHandler() }
}

/// The open connections of a server, so that they can be told of its end.
///
/// A class, shared by all connections of a server; a mutex guards what is small.
final class ConnectionBook: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isEnding = false
  }

  private let state = Mutex(State())

  /// Notes a connection until it closes.
  func enter(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    let isEnding = state.withLock { state in
      state.channels[id] = channel
      return state.isEnding
    }
    channel.closeFuture.whenComplete { _ in self.leave(id) }
    if isEnding { ConnectionBook.tell(channel) }
  }

  /// Lets every connection end once what it has asked is answered; those that come later too.
  func end() {
    let channels = state.withLock { state in
      state.isEnding = true
      return Array(state.channels.values)
    }
    for channel in channels { ConnectionBook.tell(channel) }
  }

  private func leave(_ id: ObjectIdentifier) {
    state.withLock { _ = $0.channels.removeValue(forKey: id) }
  }

  private static func tell(_ channel: any Channel) {
    channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
  }
}
