import Foundation
import Glibc

/// What is asked of the daemon.
struct HTTPRequest {
  var method = "GET"
  let path: String
  var headers: [String] = []
  var body: [UInt8] = []

  /// The bytes on the wire.
  var bytes: [UInt8] {
    let lines =
      ["\(method) \(path) HTTP/1.1", "Host: nudged", "Content-Length: \(body.count)"] + headers
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }
}

/// What the daemon answers.
struct HTTPAnswer {
  let status: Int
  /// In lower case.
  let head: String
  let body: String
}

/// A connection to the daemon that blocks, and stays for request after request.
struct HTTPConnection: ~Copyable {
  /// Why there is no answer.
  enum Failure: Error, Equatable {
    case connect(errno: Int32)
    /// The other side is gone before the whole answer was there.
    case broken
  }

  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(port: Int) throws(Failure) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    // Longer than the daemon ever takes, so that a test ends.
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(
      descriptor,
      SOL_SOCKET,
      SO_RCVTIMEO,
      &patience,
      socklen_t(MemoryLayout<timeval>.size)
    )
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    let descriptor = descriptor
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw .connect(errno: errno) }
  }

  deinit {
    close(descriptor)
  }

  /// Sends a request and reads its answer.
  mutating func send(_ request: HTTPRequest) throws(Failure) -> HTTPAnswer {
    // An answer may come before the body is read: a failure to send shows when receiving.
    transmit(request.bytes)
    let head = try readHead()
    let length = head.firstMatch(of: /content-length: *(\d+)/).flatMap { Int($0.1) } ?? 0
    while buffer.count < length { try fill() }
    defer { buffer.removeFirst(length) }
    return HTTPAnswer(
      status: Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0,
      head: head,
      body: String(decoding: buffer.prefix(length), as: UTF8.self)
    )
  }

  /// Sends a request whose answer has no end, and reads its head.
  mutating func open(_ request: HTTPRequest) throws(Failure) -> String {
    transmit(request.bytes)
    return try readHead()
  }

  /// Reads on until a text has come, and gives all up to its end.
  mutating func read(through text: String) throws(Failure) -> String {
    while true {
      if let range = buffer.firstRange(of: Array(text.utf8)) {
        defer { buffer.removeSubrange(..<range.upperBound) }
        return String(decoding: buffer[..<range.upperBound], as: UTF8.self)
      }
      try fill()
    }
  }

  private func transmit(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  private mutating func readHead() throws(Failure) -> String {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let range = buffer.firstRange(of: end) {
        defer { buffer.removeSubrange(..<range.upperBound) }
        return String(decoding: buffer[..<range.lowerBound], as: UTF8.self).lowercased()
      }
      try fill()
    }
  }

  private mutating func fill() throws(Failure) {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count > 0 else { throw .broken }
    buffer += chunk[..<count]
  }
}
