import AsyncHTTPClient
import NIOCore
import NIOSSL
import Synchronization

/// A client that is shut down when the last who uses it lets go.
///
/// A class for its `deinit`: the library wants an explicit end, and an evicted client may still have requests under way.
final class PooledClient: Sendable {
  let client: HTTPClient

  init(_ configuration: HTTPClient.Configuration) {
    self.client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit {
    client.shutdown { _ in }
  }
}

/// One client for each name and vetted address, since the address of a name is a setting of a whole client.
///
/// A class: exchanges that run at the same time share the clients.
final class ClientPool: Sendable {
  struct Key: Hashable, Sendable {
    let host: WebURL.Host
    let address: IPAddress
  }

  private let connections: Int
  private let connectTimeout: Duration
  private let authorityFile: String?
  /// The most recently used last.
  private let clients = Mutex<[(key: Key, client: PooledClient)]>([])

  init(connections: Int, connectTimeout: Duration, authorityFile: String?) {
    self.connections = connections
    self.connectTimeout = connectTimeout
    self.authorityFile = authorityFile
  }

  /// The client that connects to this address when it is asked for this host.
  func client(for key: Key) -> PooledClient {
    clients.withLock { clients in
      if let index = clients.firstIndex(where: { $0.key == key }) {
        if index < clients.count - 1 { clients.append(clients.remove(at: index)) }
        return clients[clients.count - 1].client
      }
      let client = PooledClient(configuration(for: key))
      clients.append((key, client))
      if clients.count > Limits.pooledClients { clients.removeFirst() }
      return client
    }
  }

  private func configuration(for key: Key) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration.bounded(
      connections: connections,
      connectTimeout: connectTimeout
    )
    if case .name(let name) = key.host { configuration.dnsOverride = [name: "\(key.address)"] }
    if let authorityFile {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.additionalTrustRoots = [.file(authorityFile)]
      configuration.tlsConfiguration = tls
    }
    return configuration
  }
}

extension HTTPClient.Configuration {
  /// HTTP/1.1 that follows nothing, unpacks nothing and tries once.
  static func bounded(connections: Int, connectTimeout: Duration) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: Timeout(connect: TimeAmount(connectTimeout)),
      decompression: .disabled
    )
    configuration.httpVersion = .http1Only
    configuration.connectionPool.idleTimeout = .seconds(Limits.idleSeconds)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
    configuration.connectionPool.retryConnectionEstablishment = false
    return configuration
  }
}
