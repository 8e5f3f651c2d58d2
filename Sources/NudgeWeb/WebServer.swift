import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
public import ServiceLifecycle

/// One listener: ingest, health, metrics and control, over TCP with keys or over a socket file.
///
/// Ends by graceful shutdown, after the answers under way, or by cancellation.
public struct WebServer: Service {
  private let address: ListenAddress
  private let service: WebService
  private let access: Access
  private let limits: WebLimits
  private let origins: [String]
  private let tls: TLSIdentity?
  private let proxies: TrustedAddresses
  private let onListening: @Sendable (Int?) async -> Void

  /// A listener.
  ///
  /// - Parameters:
  ///   - address: Where it listens.
  ///   - service: Who answers.
  ///   - access: Who may ask.
  ///   - limits: How much, and how long.
  ///   - origins: The pages whose scripts may send events; `*` stands for all.
  ///   - tls: What it answers with; `nil`: plain HTTP.
  ///   - proxies: Whose connections are not counted by address.
  ///   - onListening: Is called once it listens, with the real port; `nil` for a socket file.
  public init(
    address: ListenAddress,
    service: WebService,
    access: Access,
    limits: WebLimits = WebLimits(),
    origins: [String] = [],
    tls: TLSIdentity? = nil,
    proxies: TrustedAddresses = .none,
    onListening: @escaping @Sendable (Int?) async -> Void = { _ in }
  ) {
    self.address = address
    self.service = service
    self.access = access
    self.limits = limits
    self.origins = origins
    self.tls = tls
    self.proxies = proxies
    self.onListening = onListening
  }

  /// Listens and answers until the end.
  ///
  /// - Throws: `SocketFile.Failure`, or ``ListenFailure`` when the system lets nobody listen there.
  public func run() async throws {
    do {
      guard case .unix(let path) = address else { return try await application.run() }
      try SocketFile.clear(path)
      defer { SocketFile.remove(path) }
      try await application.run()
    } catch let error as IOError {
      throw ListenFailure(address: address, errno: error.errnoCode)
    }
  }

  private var application: some ApplicationProtocol {
    get throws {
      let router = WebRouter(service: service, access: access, limits: limits, cors: origins)
      let responder = CallbackResponder<WebContext> { request, context in
        try await router.respond(to: request, from: context.peer)
      }
      return Application(
        responder: responder,
        server: try builder,
        configuration: configuration,
        onServerRunning: { channel in await listening(on: channel) },
        logger: WebServer.silence
      )
    }
  }

  private var configuration: ApplicationConfiguration {
    ApplicationConfiguration(
      address: address.bindAddress,
      backlog: limits.backlog,
      availableConnectionsDelegate: .maximum(limits.connections, logger: WebServer.silence)
    )
  }

  private var builder: HTTPServerBuilder {
    get throws {
      let plain = plainBuilder
      return try tls.map { try HTTPServerBuilder.tls(plain, tlsConfiguration: $0.configuration) }
        ?? plain
    }
  }

  private var plainBuilder: HTTPServerBuilder {
    let (addresses, proxies) = (AddressBook(), proxies)
    return HTTPServerBuilder { responder in
      GuardedChannel(
        inner: HTTP1Channel(responder: responder, configuration: WebServer.http),
        limits: limits,
        addresses: addresses,
        proxies: proxies
      )
    }
  }

  private static var http: HTTP1Channel.Configuration {
    HTTP1Channel.Configuration(
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: WebLimits.headBytes,
        maxHeaderListSize: WebLimits.headBytes,
        maxHeaderFieldCount: WebLimits.headFields
      )
    )
  }

  private func listening(on channel: any Channel) async {
    switch address {
    case .tcp: await onListening(channel.localAddress?.port)
    case .unix(let path):
      do {
        try SocketFile.restrict(path)
        await onListening(nil)
      } catch {
        // Without its mode the socket must not serve; `run` then ends.
        channel.close(promise: nil)
      }
    }
  }

  /// Only the daemon logs.
  private static let silence = Logger(label: "web") { _ in SwiftLogNoOpLogHandler() }
}

/// What is known of a request besides itself.
struct WebContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let peer: Peer

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    peer = Peer(source.channel.remoteAddress)
  }
}
