import Foundation
import Glibc

/// A plain blocking client, so that what is on the wire is exactly what a test says.
struct Client: ~Copyable {
  /// Why a test's connection failed.
  struct Failure: Error {
    let call: String
    let errno: Int32
  }

  private let file: Int32

  /// Connected to a port; `receiveBytes` makes the system hold little of what comes.
  init(port: Int, receiveBytes: Int32? = nil) throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    self.file = try Client.connected(AF_INET, &address, receiveBytes: receiveBytes)
  }

  init(path: String) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    self.file = try Client.connected(AF_UNIX, &address)
  }

  deinit {
    close(file)
  }

  private static func connected<Address>(
    _ family: Int32,
    _ address: inout Address,
    receiveBytes: Int32? = nil
  ) throws -> Int32 {
    let file = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    if var receiveBytes {
      setsockopt(file, SOL_SOCKET, SO_RCVBUF, &receiveBytes, socklen_t(MemoryLayout<Int32>.size))
    }
    let length = socklen_t(MemoryLayout<Address>.size)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(file, $0, length) }
    }
    guard result == 0 else {
      close(file)
      throw Failure(call: "connect", errno: errno)
    }
    return file
  }

  /// Sends all of this; what the server no longer reads is dropped.
  func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  func send(_ text: String) {
    send(Array(text.utf8))
  }

  /// Reads nothing until the server has given up the connection.
  func waitUntilClosedForSending() {
    // POLLRDHUP of poll(2), which Glibc hides: that the peer has closed shows behind what is unread.
    var watched = pollfd(fd: file, events: 0x2000, revents: 0)
    _ = poll(&watched, 1, 20_000)
  }

  /// The bytes that come next; empty at the end.
  func receive() throws -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
      let got = recv(file, buffer.baseAddress, buffer.count, 0)
      if got < 0 { failure = errno }
      count = max(0, got)
    }
    if failure == ECONNRESET { return [] }
    guard failure == 0 else { throw Failure(call: "recv", errno: failure) }
    return bytes
  }

  /// Everything until the server closes.
  func receiveAll() throws -> String {
    var all: [UInt8] = []
    while true {
      let bytes = try receive()
      if bytes.isEmpty { return String(decoding: all, as: UTF8.self) }
      all += bytes
    }
  }

  /// Everything up to and with this text, or to the end.
  func receive(until text: String) throws -> String {
    var all = ""
    while !all.contains(text) {
      let bytes = try receive()
      if bytes.isEmpty { return all }
      all += String(decoding: bytes, as: UTF8.self)
    }
    return all
  }
}

/// Runs what blocks on a thread of its own: Dispatch's threads are the server's, too.
func blocking<Result: Sendable>(
  _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread {
      continuation.resume(with: Swift.Result { try body() })
    }
  }
}

/// One whole HTTP exchange.
struct Exchange: Sendable {
  let status: Int
  let head: String
  let body: String

  /// The answer in this text.
  init(_ text: String) {
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    head = parts.first.map { $0.lowercased() } ?? ""
    body = parts.count > 1 ? String(parts[1]) : ""
    status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
  }
}

/// Sends one request and closes.
func exchange(
  port: Int,
  _ method: String = "POST",
  _ path: String,
  head: [String] = [],
  body: [UInt8] = []
) async throws -> Exchange {
  try await blocking {
    let client = try Client(port: port)
    client.send(request(method, path, head: head + ["Connection: close"], body: body))
    return Exchange(try client.receiveAll())
  }
}

/// The bytes of a request.
func request(
  _ method: String,
  _ path: String,
  head: [String] = [],
  body: [UInt8] = []
) -> [UInt8] {
  let lines =
    ["\(method) \(path) HTTP/1.1", "Host: nudged", "Content-Length: \(body.count)"] + head
  return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
}
