import NIOCore
public import NudgeWire

/// What the server takes from its clients, and how long it waits for them.
public struct WebLimits: Hashable, Sendable {
  /// What one body may hold.
  public let wire: WireLimits
  /// Connections at once; more wait in the backlog.
  ///
  /// Each costs a descriptor and some 20 KiB.
  public let connections: Int
  /// Connections at once from one address, loopback and proxies excepted: no SDK needs a tenth.
  public let connectionsPerAddress: Int
  /// From the first byte of a request, or a connection's beginning, to the end of the head.
  public let head: Duration
  /// From the first byte of a request to its last.
  ///
  /// SDKs themselves give up after 10 to 15 s.
  public let request: Duration
  /// From the end of an answer to the next request, once a client has come back for a second one.
  ///
  /// Until then a connection is given up after `request`, as is a client that does not read its answer: some open
  /// hundreds and ask once. A proxy that keeps its connections uses them.
  public let idle: Duration
  /// At the end, how long a connection that has had an answer stays open for a request that may be on its way.
  ///
  /// A busy client sends its next within it, and gets the answer with `Connection: close` instead of a reset.
  public let farewell: Duration
  /// At the end, how long requests under way and first requests may take, so that a stop takes less than 10 s.
  public let drain: Duration
  /// Requests a second from one key; `nil`: any.
  public let requestsPerSecond: Int?
  /// Connections that wait to be accepted: what a burst of a mass of browsers needs.
  public let backlog: Int

  /// Limits of these sizes, which default to those of `quality.md`.
  public init(
    wire: WireLimits = WireLimits(),
    connections: Int = 1024,
    connectionsPerAddress: Int = 64,
    head: Duration = .seconds(5),
    request: Duration = .seconds(15),
    idle: Duration = .seconds(60),
    farewell: Duration = .seconds(1),
    drain: Duration = .seconds(5),
    requestsPerSecond: Int? = nil,
    backlog: Int = 4096
  ) {
    self.wire = wire
    self.connections = connections
    self.connectionsPerAddress = connectionsPerAddress
    self.head = head
    self.request = request
    self.idle = idle
    self.farewell = farewell
    self.drain = drain
    self.requestsPerSecond = requestsPerSecond
    self.backlog = backlog
  }

  /// Bytes of a whole head: cookies of a shared domain fit, floods do not.
  static let headBytes = 32 << 10
  /// Fields of a head; browsers send some 20.
  static let headFields = 100
  /// Seconds after which a client may ask again when the service is just stopping.
  static let retryAfterStop = 5

  /// How long nobody is accepted once the system has no descriptor left: requests end meanwhile.
  static let acceptPause = TimeAmount.seconds(1)
}

/// How much one answer of a list holds.
public enum RouteLimits {
  /// Subjects that a page of a list looks at: some megabytes of answer when all are listed.
  public static let subjectsPerPage = 5000
  /// Decisions of a page: well below what one request may take.
  public static let decisionsPerPage = 1000
  /// Deliveries of a page, each of which may carry a payload of 20 kB in an export.
  public static let deliveriesPerPage = 1000
  /// Events of a page of an export: at 32 KiB each the most that memory should feel.
  public static let eventsPerPage = 1000
}
