import Glibc
import NIOCore

/// Accepts nobody for a while when the system has no descriptor or memory left for a connection.
///
/// NIO's own pause works once: a read that failed stays wanted, so after it the loop would try again without rest. Who
/// comes meanwhile waits in the system's queue.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private static let shortages: Set<CInt> = [EMFILE, ENFILE, ENOBUFS, ENOMEM]

  private var isPausing = false

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? IOError, AcceptPause.shortages.contains(error.errnoCode) {
      pause(context)
    }
    context.fireErrorCaught(error)
  }

  private func pause(_ context: ChannelHandlerContext) {
    if isPausing { return }
    isPausing = true
    let (channel, here) = (context.channel, NIOLoopBound(self, eventLoop: context.eventLoop))
    // Either fails only when the listener is closed, and then there is nothing to accept.
    channel.setOption(.autoRead, value: false).whenComplete { _ in
      channel.eventLoop.scheduleTask(in: WebLimits.acceptPause) {
        here.value.isPausing = false
        channel.setOption(.autoRead, value: true).whenComplete { _ in }
      }
    }
  }
}
