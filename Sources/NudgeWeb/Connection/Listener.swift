import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Accepts the connections of one socket, and sees each to its end.
///
/// In place of Hummingbird's own server, which takes no socket that is open already, closes connections that have only
/// just been accepted when it stops, and wakes once a second.
struct Listener<Connection: ServerChildChannel>: Sendable {
  /// Nothing is left to be done with a connection that comes out of it.
  private typealias Server = NIOAsyncChannel<Void, Never>

  let connection: Connection
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
    await withTaskCancellationHandler {
      await withGracefulShutdownHandler {
        await onListening(server.channel)
        // Over when the server's channel is closed, in whatever way.
        try? await server.executeThenClose { for try await _ in $0 {} }
        await connections.allGone()
      } onGracefulShutdown: {
        Listener.stop(server.channel) { connections.end() }
      }
    } onCancel: {
      connections.close()
    }
  }

  /// Accepts who has come already, then nobody more, lets what has been accepted reach its event loop, and only then
  /// closes: NIO drops connections whose server is closed while they are on their way, the system those in its queue.
  private static func stop(_ server: any Channel, then end: @escaping @Sendable () -> Void) {
    settle(on: server.eventLoop, rounds: 3)
      .flatMap { server.setOption(.autoRead, value: false) }
      .flatMap { settle(on: server.eventLoop, rounds: 3) }
      .whenComplete { _ in
        // First, so that nobody who sees the door closed is answered as if more could follow.
        end()
        server.close(promise: nil)
      }
  }

  /// Waits until every event loop has done what it had before it, so many times.
  private static func settle(on loop: any EventLoop, rounds: Int) -> EventLoopFuture<Void> {
    guard rounds > 0 else { return loop.makeSucceededVoidFuture() }
    let all = MultiThreadedEventLoopGroup.singleton.makeIterator().map { $0.submit {} }
    return EventLoopFuture.andAllComplete(all, on: loop)
      .flatMap { settle(on: loop, rounds: rounds - 1) }
  }

  private func open(
    _ address: ListenAddress,
    _ connections: ConnectionBook
  ) async throws -> Server {
    let prepare: @Sendable (any Channel) -> EventLoopFuture<Void> = { channel in
      connection.setup(channel: channel, logger: Listener.silence).map { value in
        connections.enter(channel) {
          await connection.handle(value: value, logger: Listener.silence)
        }
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
          try channel.pipeline.syncOperations.addHandlers([bound, AcceptPause()])
        }
      }
  }

  /// Only the daemon logs.
  private static var silence: Logger { Logger(label: "web") { _ in SwiftLogNoOpLogHandler() } }
}
