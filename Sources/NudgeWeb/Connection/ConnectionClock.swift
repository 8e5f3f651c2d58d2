import NIOCore

/// How long a client may take over what it is doing: a value that says when to give up.
struct ConnectionClock {
  private let limits: WebLimits
  /// When the first byte of a request came that is not whole yet.
  private var readingSince: NIODeadline?
  private var hasHead = false
  /// Requests read less answers written.
  private var unanswered = 0
  /// When an answer's end was handed to the system that has not been sent yet.
  private var writingSince: NIODeadline?
  private var idleSince: NIODeadline
  private var isFirst = true
  /// Since when the server stops.
  private var stoppingSince: NIODeadline?
  private var hasAnswered = false
  /// Whether the client has sent more after an answer.
  private var hasComeBack = false

  /// A connection that begins now.
  init(limits: WebLimits, now: NIODeadline) {
    self.limits = limits
    self.idleSince = now
  }

  /// When it is too late; `nil` while we are the ones who take time.
  var deadline: NIODeadline? {
    guard let stoppingSince else { return clientDeadline }
    let last = stoppingSince + TimeAmount(isBusy || isFirst ? limits.drain : limits.farewell)
    return clientDeadline.map { min($0, last) } ?? last
  }

  private var clientDeadline: NIODeadline? {
    if let readingSince {
      return readingSince + TimeAmount(hasHead ? limits.request : limits.head)
    }
    if let writingSince { return writingSince + TimeAmount(limits.request) }
    if unanswered > 0 { return nil }
    return idleSince + TimeAmount(patience)
  }

  /// How long nothing may come.
  private var patience: Duration {
    if isFirst { return limits.head }
    return hasComeBack ? limits.idle : min(limits.request, limits.idle)
  }

  /// Whether a request is under way that nothing was answered to yet.
  var mayAnswer: Bool { readingSince != nil && unanswered == 0 }

  /// Whether something is read, answered or written.
  var isBusy: Bool { readingSince != nil || unanswered > 0 || writingSince != nil }

  /// Whether the server stops, and nothing more is welcome.
  var isStopping: Bool { stoppingSince != nil }

  /// Whether a request is being read.
  var isReading: Bool { readingSince != nil }

  mutating func bytesCame(now: NIODeadline) {
    guard readingSince == nil else { return }
    readingSince = now
    hasHead = false
    hasComeBack = hasAnswered
  }

  mutating func headCame(now: NIODeadline) {
    // The second of two requests in one packet begins with its head.
    if readingSince == nil || hasHead { readingSince = now }
    hasHead = true
    isFirst = false
  }

  mutating func requestEnded() {
    readingSince = nil
    unanswered += 1
  }

  mutating func answerEnded(now: NIODeadline) {
    unanswered -= 1
    writingSince = now
  }

  mutating func answerSent(now: NIODeadline) {
    writingSince = nil
    idleSince = now
    hasAnswered = true
  }

  mutating func stop(now: NIODeadline) {
    stoppingSince = stoppingSince ?? now
  }
}
