import NIOCore
import NIOHTTP1

/// Tells the guard of bytes, before they are parsed.
final class ByteWatch: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let connection: ConnectionGuard

  init(_ connection: ConnectionGuard) {
    self.connection = connection
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    connection.bytesCame()
    context.fireChannelRead(data)
  }
}

/// Tells the guard of requests and answers, and acts for it.
final class PartWatch: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let connection: ConnectionGuard

  init(_ connection: ConnectionGuard) {
    self.connection = connection
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { connection.began(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    connection.began(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    connection.ended()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    connection.ended()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    connection.came(part, context)
    if case .body = part, connection.isDraining { return }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    connection.packetEnded(context)
    context.fireChannelReadComplete()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is ChannelShouldQuiesceEvent else {
      return context.fireUserInboundEventTriggered(event)
    }
    connection.stop(context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
    connection.came(error, context)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head): context.write(wrapOutboundOut(.head(told(head))), promise: promise)
    case .body: context.write(data, promise: promise)
    case .end: writeEnd(context, data, promise)
    }
  }

  /// The head of an answer, with which a client learns that it is the last one.
  private func told(_ head: HTTPResponseHead) -> HTTPResponseHead {
    guard connection.isStopping, head.status.code >= 200 else { return head }
    var head = head
    head.headers.replaceOrAdd(name: "connection", value: "close")
    return head
  }

  private func writeEnd(
    _ context: ChannelHandlerContext,
    _ data: NIOAny,
    _ promise: EventLoopPromise<Void>?
  ) {
    connection.answerEnded(context)
    let sent = promise ?? context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenSuccess { self.connection.answerSent(context) }
    context.write(data, promise: sent)
  }
}
