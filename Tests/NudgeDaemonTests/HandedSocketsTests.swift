import Glibc
import Testing

@testable import NudgeDaemon

private let us: Int32 = 4711

struct `Sockets that were handed over` {
  @Test(arguments: [
    (["LISTEN_PID": "4711", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "ingest"], ["3 ingest"]),
    (["LISTEN_PID": "4711", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "a:b"], ["3 a", "4 b"]),
    (["LISTEN_PID": "4711", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "a"], ["3 a", "4 "]),
    (["LISTEN_PID": "4711", "LISTEN_FDS": "1"], ["3 "]),
    (["LISTEN_PID": "1", "LISTEN_FDS": "1"], []), (["LISTEN_FDS": "1"], []),
    (["LISTEN_PID": "4711", "LISTEN_FDS": "0"], []),
    (["LISTEN_PID": "4711", "LISTEN_FDS": "-1"], []),
    (["LISTEN_PID": "4711", "LISTEN_FDS": "2147483647"], []),
    (["LISTEN_PID": "4711", "LISTEN_FDS": "many"], []), ([:], []),
  ])
  func `are those meant for this process`(environment: [String: String], expected: [String]) {
    let handed = HandedSockets(environment: environment, processID: us)
    #expect(handed.sockets.map { "\($0.descriptor) \($0.name)" } == expected)
  }

  @Test func `are not handed on to children`() {
    for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { setenv(name, "0", 1) }
    #expect(HandedSockets.takenFromEnvironment().sockets.isEmpty)
    for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { #expect(getenv(name) == nil) }
  }

  @Test(arguments: [
    (Sample.listening(0x7F00_0001), "ingest", nil), (.listening(0x7F00_0001), "nudged.socket", nil),
    (.listening(0x7F00_0001), "unknown", nil), (.listening6, "ingest", nil),
    (.listening(0x7F00_0001), "metrics", "FileDescriptorName=ingest"),
    (
      .listening(0), "ingest",
      "from outside, without TLS; write ListenStream=127.0.0.1:8627, or in the settings `tls`"
    ),
    (.bound, "ingest", "Accept=no"), (.datagram, "ingest", "instead of ListenDatagram="),
    (.file, "ingest", "is not TCP"), (.pipe, "ingest", "is no socket"),
  ])
  func `are taken or refused with what would be right`(
    sample: Sample,
    name: String,
    advice: String?
  ) throws {
    let descriptor = try sample.open()
    defer { close(descriptor) }
    let handed = HandedSockets(sockets: [.init(descriptor: descriptor, name: name)])
    do throws(DaemonFailure) {
      let listeners = try handed.listeners(allowingPublic: false)
      #expect(listeners == [descriptor])
      #expect(advice == nil)
    } catch {
      #expect(error.status == .invalid)
      #expect(error.message.contains(try #require(advice)))
    }
  }

  @Test func `may be public behind a proxy`() throws {
    let descriptor = try Sample.listening(0).open()
    defer { close(descriptor) }
    let handed = HandedSockets(sockets: [.init(descriptor: descriptor, name: "ingest")])
    #expect(try handed.listeners(allowingPublic: true) == [descriptor])
  }
}

/// What a unit may hand over, rightly or by mistake.
enum Sample {
  case listening(UInt32)
  case listening6
  case bound
  case datagram
  case file
  case pipe

  func open() throws -> Int32 {
    switch self {
    case .listening(let address):
      let descriptor = try bound(SOCK_STREAM, address)
      try #require(listen(descriptor, 1) == 0)
      return descriptor
    case .listening6:
      let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_addr = in6addr_loopback
      try #require(Sample.bind(descriptor, &address) && listen(descriptor, 1) == 0)
      return descriptor
    case .bound: return try bound(SOCK_STREAM, 0x7F00_0001)
    case .datagram: return try bound(SOCK_DGRAM, 0x7F00_0001)
    case .file: return socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    case .pipe: return Glibc.open("/dev/null", O_RDONLY)
    }
  }

  private func bound(_ kind: __socket_type, _ host: UInt32) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(kind.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr = in_addr(s_addr: host.bigEndian)
    try #require(Sample.bind(descriptor, &address))
    return descriptor
  }

  private static func bind<Address>(_ descriptor: Int32, _ address: inout Address) -> Bool {
    let length = socklen_t(MemoryLayout<Address>.size)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, length) }
    } == 0
  }
}
