import NIOCore
import NIOHTTP1
import NudgeWire

/// Ends connections whose clients are too slow, and asks for bodies that wait to be asked for.
///
/// Hummingbird's idle timeout starts again with every byte, so it covers neither a slow head nor
/// a slow body. A class, since NIO's handlers are; it never leaves its event loop.
final class ConnectionGuard {
  private let limits: WebLimits
  private var clock: ConnectionClock
  private var timer: Scheduled<Void>?
  private var timerDeadline: NIODeadline?
  /// Set once a body was refused before it was sent: what follows could be that body.
  private var closesAfterAnswer = false
  private var isClosing = false
  /// Set while the rest of a request comes that was answered already.
  ///
  /// It is read and dropped, so that the client, which may read only once it has sent all, gets to
  /// the answer. Hummingbird does so only on connections that are kept.
  private(set) var isDraining = false

  init(limits: WebLimits) {
    self.limits = limits
    self.clock = ConnectionClock(limits: limits, now: .now())
  }

  // MARK: What happens

  func began(_ context: ChannelHandlerContext) {
    clock = ConnectionClock(limits: limits, now: .now())
    setTimer(context)
  }

  func ended() {
    timer?.cancel()
    timer = nil
  }

  func bytesCame() {
    clock.bytesCame(now: .now())
  }

  /// Only when a request is not whole by the end of a packet, a timer is worth its cost.
  func packetEnded(_ context: ChannelHandlerContext) {
    if clock.isReading { setTimer(context) }
    if isDraining { context.read() }
  }

  func came(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch part {
    case .head(let head):
      isDraining = false
      clock.headCame(now: .now())
      answerExpectation(of: head, context)
    case .body: break
    case .end: clock.requestEnded()
    }
  }

  func answerEnded(_ context: ChannelHandlerContext) {
    clock.answerEnded(now: .now())
    guard clock.isReading else { return }
    isDraining = true
    context.read()
  }

  func answerSent(_ context: ChannelHandlerContext) {
    clock.answerSent(now: .now())
    if closesAfterAnswer || isLastAnswer { context.close(promise: nil) }
    if timer == nil { setTimer(context) }
  }

  /// The server stops: what is asked, or about to be, is answered as the last of this connection.
  func stop(_ context: ChannelHandlerContext) {
    clock.stop(now: .now())
    setTimer(context)
  }

  /// Whether no request may follow.
  var isStopping: Bool { clock.isStopping }

  private var isLastAnswer: Bool { clock.isStopping && !clock.isBusy }

  // MARK: Expect: 100-continue

  private func answerExpectation(of head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    guard head.headers.first(name: "expect")?.lowercased() == "100-continue" else { return }
    let announced = head.headers.first(name: "content-length").flatMap { Int($0) }
    if let announced, announced > limits.wire.bodyBytes {
      closesAfterAnswer = true
      return
    }
    // Not between the parts of an earlier answer; the client then goes on by itself.
    guard clock.mayAnswer else { return }
    let head = HTTPResponseHead(version: head.version, status: .continue)
    context.writeAndFlush(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
  }

  // MARK: Time

  private func setTimer(_ context: ChannelHandlerContext) {
    guard let deadline = clock.deadline, !isClosing else { return }
    if let timerDeadline, timer != nil, timerDeadline <= deadline { return }
    timer?.cancel()
    timerDeadline = deadline
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      self.timer = nil
      self.timerFired(context)
    }
  }

  private func timerFired(_ context: ChannelHandlerContext) {
    guard let deadline = clock.deadline else { return }
    guard NIODeadline.now() >= deadline else { return setTimer(context) }
    isClosing = true
    if clock.mayAnswer {
      sayTimeout(context)
    } else {
      context.close(promise: nil)
    }
  }

  private func sayTimeout(_ context: ChannelHandlerContext) {
    say(.failure(408, "too-slow", "the request took too long to arrive"), context)
  }

  // MARK: What is no request

  /// Tells of bytes that cannot be read as a request, and ends the connection.
  func came(_ error: HTTPParserError, _ context: ChannelHandlerContext) {
    guard !isClosing else { return }
    isClosing = true
    guard clock.mayAnswer else { return context.close(promise: nil) }
    say(ConnectionGuard.answer(to: error), context)
  }

  private static func answer(to error: HTTPParserError) -> Answer {
    switch error {
    case .headerOverflow:
      .failure(431, "head-too-large", "path and headers have at most \(WebLimits.headBytes) bytes")
    default: .failure(400, "malformed-request", "this is no HTTP/1.1 request: \(error)")
    }
  }

  private func say(_ answer: Answer, _ context: ChannelHandlerContext) {
    let headers: HTTPHeaders = [
      "content-type": answer.contentType, "content-length": String(answer.body.count),
      "connection": "close",
    ]
    let status = HTTPResponseStatus(statusCode: answer.status)
    let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    let body = context.channel.allocator.buffer(bytes: answer.body)
    context.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
    context.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(body))), promise: nil)
    let end = NIOAny(HTTPServerResponsePart.end(nil))
    context.writeAndFlush(end, promise: nil)
    context.close(promise: nil)
  }
}
