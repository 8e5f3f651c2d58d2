import Glibc
import NudgeTesting
import Testing

@testable import NudgeDaemon

private let us: Int32 = 4711

struct `A service manager` {
  @Test(arguments: [false, true])
  func `gets each notice as one datagram`(isAbstract: Bool) throws {
    let folder = try TemporaryFolder()
    let address = (isAbstract ? "@" : "") + folder.path(of: "notify")
    let inbox = try Inbox(at: address)
    let manager = ServiceManager(environment: ["NOTIFY_SOCKET": address], processID: us)
    let notices: [(Bool, String)] = [
      (manager.ready(status: "5 campaigns"), "READY=1\nSTATUS=5 campaigns"),
      (manager.status("rules rejected:\nline 71"), "STATUS=rules rejected: line 71"),
      (manager.stopping(), "STOPPING=1\nSTATUS=stopping"),
      (manager.watchdog(), "WATCHDOG=1"),
      (manager.extendTimeout(by: .milliseconds(90_500)), "EXTEND_TIMEOUT_USEC=90500000"),
      (manager.errno(EIO, status: "disk"), "ERRNO=5\nSTATUS=disk"),
    ]
    for (isTold, text) in notices {
      #expect(isTold)
      #expect(inbox.next() == text)
    }
  }

  @Test func `learns when a reload began by the clock that nobody sets`() throws {
    let folder = try TemporaryFolder()
    let inbox = try Inbox(at: folder.path(of: "notify"))
    let environment = ["NOTIFY_SOCKET": folder.path(of: "notify")]
    #expect(ServiceManager(environment: environment, processID: us).reloading())
    let text = try #require(inbox.next())
    let microseconds = try #require(text.wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=(\d+)/)?.1)
    let now = SystemTime.monotonic
    let told = Duration.microseconds(try #require(Int64(microseconds)))
    #expect(told <= now && told > now - .seconds(60))
  }

  @Test(arguments: [
    nil, "", "vsock:2:1234", "relative", "/nobody/listens/here", "@nobody-listens-here",
    "/" + String(repeating: "a", count: 200),
  ])
  func `may be absent`(address: String?) {
    let environment = address.map { ["NOTIFY_SOCKET": $0] } ?? [:]
    #expect(!ServiceManager(environment: environment, processID: us).watchdog())
  }

  @Test(arguments: [
    (["WATCHDOG_USEC": "60000000"], Duration.seconds(30)),
    (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "4711"], .seconds(30)),
    (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"], nil),
    (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "often"], nil), ([:], nil),
  ])
  func `hears from us twice in the time that it waits`(
    environment: [String: String],
    interval: Duration?
  ) {
    let manager = ServiceManager(environment: environment, processID: us)
    #expect(manager.watchdogInterval == interval)
  }

  @Test func `is not handed on to children`() {
    setenv("NOTIFY_SOCKET", "@nobody-listens-here", 1)
    setenv("WATCHDOG_USEC", "2000000", 1)
    #expect(ServiceManager.takenFromEnvironment().watchdogInterval == .seconds(1))
    #expect(getenv("NOTIFY_SOCKET") == nil)
    #expect(getenv("WATCHDOG_USEC") == nil)
  }
}

/// A datagram socket that holds what was sent to it.
///
/// A class, since the test's macros copy what they look at.
private final class Inbox {
  private let descriptor: CInt

  init(at address: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
    var unix = sockaddr_un()
    unix.sun_family = sa_family_t(AF_UNIX)
    let isAbstract = address.hasPrefix("@")
    var name = Array(address.utf8)
    if isAbstract { name[0] = 0 }
    try #require(name.count < MemoryLayout.size(ofValue: unix.sun_path))
    withUnsafeMutableBytes(of: &unix.sun_path) { $0.copyBytes(from: name) }
    let whole = MemoryLayout<sockaddr_un>.size
    let length = isAbstract ? MemoryLayout<sa_family_t>.size + name.count : whole
    let descriptor = descriptor
    let bound = withUnsafePointer(to: unix) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(length))
      }
    }
    try #require(bound == 0)
  }

  deinit { close(descriptor) }

  /// The next datagram; `nil` when none is there.
  func next() -> String? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
  }
}
