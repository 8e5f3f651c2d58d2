import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOHTTP1
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
      guard case .unix(let path) = address else { return try await listen() }
      try SocketFile.clear(path)
      defer { SocketFile.remove(path) }
      try await listen()
    } catch let error as IOError {
      throw ListenFailure(address: address, errno: error.errnoCode)
    }
  }

  private func listen() async throws {
    let guarded = GuardedChannel(
      inner: HTTP1Channel(responder: responder, configuration: WebServer.http),
      limits: limits,
      addresses: AddressBook(),
      proxies: proxies
    )
    guard let tls else { return try await listen(with: guarded) }
    try await listen(with: TLSChannel(guarded, tlsConfiguration: tls.configuration))
  }

  private func listen(with connection: some ServerChildChannel) async throws {
    try await Listener(connection: connection, limits: limits)
      .run(at: address) { channel in await listening(on: channel) }
  }

  private var responder: HTTPChannelHandler.Responder {
    let router = WebRouter(service: service, access: access, limits: limits, cors: origins)
    let dates = DateStamp()
    return { request, writer, channel in
      var answer = try await WebServer.answer(
        to: request,
        from: Peer(channel.remoteAddress),
        router
      )
      answer.headers[.date] = dates.text
      do {
        try await writer.write(response: answer.head, body: answer.body)
      } catch is HTTPParserError {
        // As a parser's error it would be answered once more.
        throw BrokenAnswer()
      }
    }
  }

  private static func answer(
    to request: Request,
    from peer: Peer,
    _ router: WebRouter
  ) async throws -> Response {
    do { return try await router.respond(to: request, from: peer) } catch let error
      as HTTPParserError
    {
      throw error
    } catch {
      return Response(status: .internalServerError)
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
    case .tcp, .inherited: await onListening(channel.localAddress?.port)
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
}

/// Thrown when a client sends nonsense while it is answered; closes the connection.
private struct BrokenAnswer: Error {}
