import Foundation
import Glibc
import Synchronization

/// A web server on loopback that answers as a test says, badly if need be.
///
/// A class, for it owns a socket and threads; all end with it.
public final class LoopbackReceiver: Sendable {
  /// What has come in.
  public struct Request: Hashable, Sendable {
    /// How many came before it.
    public let index: Int
    /// The first word of the request line.
    public let method: String
    /// The second word.
    public let target: String
    /// By lower-case name; the last of each.
    public let headers: [String: String]
    /// As many bytes as `content-length` said.
    public let body: [UInt8]
  }

  /// What a request gets.
  public enum Behaviour: Sendable {
    /// A proper answer; the connection stays.
    case answer(Int, headers: [String: String] = [:], body: String = "")
    /// Nothing, for as long as the sender waits.
    case hang
    /// A reset of the connection.
    case reset
    /// The end of the connection, without a word.
    case close
    /// A head, and then a byte of the body now and then, for as long as the sender waits.
    case drip
    /// A head, and then bytes without end.
    case endless
    /// These bytes, and the end of the connection.
    case raw(String)
    /// These bytes, and then nothing, for as long as the sender waits.
    case stall(String)
    /// One of these bytes now and then, and then nothing, for as long as the sender waits.
    case trickle(String)
    /// These bytes, and then those others again and again, for as long as the sender reads.
    case flood(String, String)
  }

  private let listener: Listener

  /// The port on 127.0.0.1; 0 for a unix socket.
  public var port: Int { listener.port }

  /// A receiver on a port of 127.0.0.1 (0: a free one), or on a unix socket at this path.
  ///
  /// With a `greeting` it says that first and ends the connection, as one does who speaks another protocol.
  /// - Throws: What the system says.
  public init(
    socketPath: String? = nil,
    port: Int = 0,
    greeting: String? = nil,
    script: @escaping @Sendable (Request) -> Behaviour
  ) throws {
    listener = try Listener(socketPath: socketPath, port: port, greeting: greeting, script: script)
    let listener = listener
    Thread.detachNewThread { listener.accept() }
  }

  deinit {
    listener.stop()
  }

  /// All that has come in so far.
  public var requests: [Request] { listener.requests.withLock { $0 } }
}

/// The socket and what came in over it; shared by the receiver and its threads.
private final class Listener: Sendable {
  let port: Int
  let requests = Mutex<[LoopbackReceiver.Request]>([])
  private let descriptor: CInt
  private let connections = Mutex<Set<CInt>?>([])
  private let greeting: String?
  private let script: @Sendable (LoopbackReceiver.Request) -> LoopbackReceiver.Behaviour

  init(
    socketPath: String?,
    port: Int,
    greeting: String?,
    script: @escaping @Sendable (LoopbackReceiver.Request) -> LoopbackReceiver.Behaviour
  ) throws {
    self.script = script
    self.greeting = greeting
    let family = socketPath == nil ? AF_INET : AF_UNIX
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    self.descriptor = descriptor
    let isBound = socketPath.map { bindUnix(descriptor, $0) } ?? bindLoopback(descriptor, port)
    guard isBound, listen(descriptor, 128) == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    self.port = socketPath == nil ? boundPort(descriptor) : 0
  }

  func accept() {
    while true {
      let connection = Glibc.accept(descriptor, nil, nil)
      guard connection >= 0 else { break }
      var isOn: CInt = 1
      setsockopt(
        connection,
        Int32(IPPROTO_TCP),
        TCP_NODELAY,
        &isOn,
        socklen_t(MemoryLayout<CInt>.size)
      )
      let isOpen = connections.withLock { $0?.insert(connection) != nil }
      guard isOpen else {
        close(connection)
        break
      }
      Thread.detachNewThread { self.serve(connection) }
    }
    close(descriptor)
  }

  func stop() {
    let open = connections.withLock { connections in
      defer { connections = nil }
      return connections ?? []
    }
    shutdown(descriptor, Int32(SHUT_RDWR))
    for connection in open { shutdown(connection, Int32(SHUT_RDWR)) }
  }

  private func serve(_ connection: CInt) {
    var wire = Wire(descriptor: connection)
    while greeting.map({ wire.perform(.raw($0)) }) ?? true, let parts = wire.request() {
      let request = requests.withLock { requests in
        let request = LoopbackReceiver.Request(
          index: requests.count,
          method: parts.method,
          target: parts.target,
          headers: parts.headers,
          body: parts.body
        )
        requests.append(request)
        return request
      }
      guard wire.perform(script(request)) else { break }
    }
    connections.withLock { connections in
      _ = connections?.remove(connection)
      close(connection)
    }
  }
}

/// One connection: bytes in, requests out.
private struct Wire {
  let descriptor: CInt
  var buffer: [UInt8] = []

  init(descriptor: CInt) {
    self.descriptor = descriptor
  }

  mutating func request() -> (
    method: String, target: String, headers: [String: String], body: [UInt8]
  )? {
    guard let head = head() else { return nil }
    let lines = head.components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ").map(String.init)
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      headers[line[..<colon].lowercased()] = value
    }
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    while buffer.count < length { guard fill() else { return nil } }
    let body = Array(buffer.prefix(length))
    buffer.removeFirst(length)
    return (words[0], words[1], headers, body)
  }

  private mutating func head() -> String? {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let range = buffer.firstRange(of: end) {
        defer { buffer.removeSubrange(..<range.upperBound) }
        return String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
      }
      guard fill() else { return nil }
    }
  }

  private mutating func fill() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    buffer += chunk[..<count]
    return true
  }

  private func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Whether the connection goes on.
  mutating func perform(_ behaviour: LoopbackReceiver.Behaviour) -> Bool {
    switch behaviour {
    case .answer(let status, let headers, let body):
      return answer(status, headers, body)
    case .hang:
      while fill() {}
    case .reset:
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        descriptor,
        SOL_SOCKET,
        SO_LINGER,
        &linger,
        socklen_t(MemoryLayout.size(ofValue: linger))
      )
    case .close:
      break
    case .drip:
      drip()
    case .endless:
      guard send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)) else { return false }
      while send([UInt8](repeating: 0x20, count: 65_536)) {}
    case .stall(let text):
      guard send(Array(text.utf8)) else { return false }
      while fill() {}
    case .trickle(let text):
      trickle(text)
      while fill() {}
    case .flood(let text, let more):
      guard send(Array(text.utf8)) else { return false }
      let part = Array(
        String(repeating: more, count: max(1, 65_536 / max(1, more.utf8.count))).utf8
      )
      while send(part) {}
    case .raw(let text):
      _ = send(Array(text.utf8))
      // Closing with bytes unread would reset the connection, and the text might be lost.
      shutdown(descriptor, Int32(SHUT_WR))
      while fill() {}
    }
    return false
  }

  private func trickle(_ text: String) {
    var watch = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    for byte in text.utf8 {
      guard send([byte]), poll(&watch, 1, 20) == 0 else { return }
    }
  }

  private func answer(_ status: Int, _ headers: [String: String], _ body: String) -> Bool {
    let fields = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
    let length = "content-length: \(body.utf8.count)\r\n"
    return send(Array("HTTP/1.1 \(status) Status\r\n\(fields)\(length)\r\n\(body)".utf8))
  }

  private func drip() {
    guard send(Array("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n".utf8)) else { return }
    var watch = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // Until the sender closes, which poll reports as readable.
    while send([0x20]), poll(&watch, 1, 20) == 0 {}
  }
}
