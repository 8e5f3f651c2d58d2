import Glibc

/// Who has started us and wants to know how we are: systemd, or nobody.
///
/// Each notice is one datagram to `$NOTIFY_SOCKET` (sd_notify(3), "Notes"). Without a manager nothing is sent.
public struct ServiceManager: Sendable {
  private let address: String?

  /// How often ``watchdog()`` is to be called, half of what the manager waits for; `nil` when it does not watch.
  public let watchdogInterval: Duration?

  /// The manager that an environment names.
  ///
  /// - Parameters:
  ///   - environment: Of it, `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` are read.
  ///   - processID: Us; a watchdog meant for another process is none.
  public init(environment: [String: String], processID: Int32) {
    let address = environment["NOTIFY_SOCKET"]
    let isKnownForm = address?.hasPrefix("/") == true || address?.hasPrefix("@") == true
    self.address = isKnownForm ? address : nil
    self.watchdogInterval = ServiceManager.watchdogInterval(environment, processID)
  }

  /// The manager of this process, whose variables are then taken away so that children do not speak for us.
  ///
  /// To be called once and first of all: changing the environment while other threads read it is not safe.
  public static func takenFromEnvironment() -> ServiceManager {
    var environment: [String: String] = [:]
    for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] {
      guard let value = getenv(name) else { continue }
      environment[name] = String(cString: value)
      unsetenv(name)
    }
    return ServiceManager(environment: environment, processID: getpid())
  }

  private static func watchdogInterval(
    _ environment: [String: String],
    _ processID: Int32
  ) -> Duration? {
    let owner = environment["WATCHDOG_PID"]
    guard owner == nil || owner == String(processID),
      let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init), microseconds > 0
    else { return nil }
    return .microseconds(microseconds / 2)
  }

  /// Whether there is one.
  var isPresent: Bool { address != nil }

  /// All is up, at the start or after ``reloading()``.
  ///
  /// - Returns: Whether the manager has been told; so for every notice.
  @discardableResult
  public func ready(status: String) -> Bool {
    send(["READY=1", "STATUS=\(status.oneLine)"])
  }

  /// One line that `systemctl status` shows.
  @discardableResult
  public func status(_ status: String) -> Bool {
    send(["STATUS=\(status.oneLine)"])
  }

  /// Rules are being loaded; ``ready(status:)`` ends it.
  @discardableResult
  public func reloading() -> Bool {
    send(["RELOADING=1", "MONOTONIC_USEC=\(SystemTime.monotonic.wholeMicroseconds)"])
  }

  /// The end has begun.
  @discardableResult
  public func stopping(status: String = "stopping") -> Bool {
    send(["STOPPING=1", "STATUS=\(status.oneLine)"])
  }

  /// We are alive, as the scheduler's loop has just seen.
  @discardableResult
  public func watchdog() -> Bool {
    send(["WATCHDOG=1"])
  }

  /// Start, reload or stop goes on and may take this much longer from now.
  @discardableResult
  public func extendTimeout(by duration: Duration) -> Bool {
    send(["EXTEND_TIMEOUT_USEC=\(duration.wholeMicroseconds)"])
  }

  /// The error that ends us, and what it means.
  @discardableResult
  public func errno(_ code: Int32, status: String) -> Bool {
    send(["ERRNO=\(code)", "STATUS=\(status.oneLine)"])
  }

  /// Tells what ended us, with the error number that comes nearest.
  func failed(by error: any Error) {
    let failure = error as? DaemonFailure ?? DaemonFailure(.inputOutput, "\(error)")
    let line = failure.message.prefix { $0 != "\n" }
    errno(failure.status.errno, status: String(line))
  }

  private func send(_ lines: [String]) -> Bool {
    guard let address, let target = SocketAddress(address) else { return false }
    let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // A manager that does not read is not waited for: the loop that writes speaks to it, too.
    var patience = timeval(tv_sec: 1, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    let bytes = Array(lines.joined(separator: "\n").utf8)
    return target.withPointer { pointer, length in
      let flags = Int32(MSG_NOSIGNAL)
      return sendto(descriptor, bytes, bytes.count, flags, pointer, length) == bytes.count
    }
  }
}

extension Duration {
  /// This duration in microseconds, what is finer cut off.
  fileprivate var wholeMicroseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}
