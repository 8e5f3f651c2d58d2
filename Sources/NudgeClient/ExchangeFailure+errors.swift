import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

extension ExchangeFailure {
  /// The failure that an error of a library below stands for.
  init(_ error: any Error) {
    switch error {
    case let failure as ExchangeFailure: self = failure
    case let failure as NameLookup.Failure: self.init(.dns, failure.text)
    case let refusal as AddressPolicy.Refusal: self.init(.blockedAddress, refusal.description)
    case let error as HTTPClientError: self.init(client: error)
    case let error as IOError: self.init(errno: error.errnoCode)
    case let error as NIOConnectionError: self.init(connection: error)
    case HTTPParserError.invalidEOFState: self.init(.reset, "the answer ended early")
    case is HTTPParserError: self.init(.malformed, "the answer is not HTTP: \(error)")
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: self.init(.tls, "\(error)")
    case is CancellationError: self.init(.cancelled, "cancelled")
    case ChannelError.connectTimeout: self.init(.timedOut, "no connection in time")
    default: self.init(.reset, "\(error)")
    }
  }

  /// Whether the connection never stood, so that another address may be tried without sending twice.
  static func isBeforeSending(_ error: any Error) -> Bool {
    switch error {
    case let error as HTTPClientError: error == .connectTimeout
    case ChannelError.connectTimeout: true
    default: ExchangeFailure(error).kind == .refused
    }
  }

  private init(client error: HTTPClientError) {
    switch error {
    case .connectTimeout: self.init(.timedOut, "no connection in time")
    case .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout:
      self.init(.timedOut, error.shortDescription)
    case .tlsHandshakeTimeout: self.init(.tls, error.shortDescription)
    case .cancelled: self.init(.cancelled, "cancelled")
    case .remoteConnectionClosed: self.init(.reset, "the connection was closed early")
    default: self.init(.malformed, error.description)
    }
  }

  private init(errno code: CInt) {
    let text = String(cString: strerror(code))
    switch code {
    case ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL, ENOENT, EACCES:
      self.init(.refused, text)
    case ETIMEDOUT: self.init(.timedOut, text)
    default: self.init(.reset, text)
    }
  }

  private init(connection error: NIOConnectionError) {
    guard let first = error.connectionErrors.first else {
      self.init(.refused, error.description)
      return
    }
    self.init(first.error)
  }
}
