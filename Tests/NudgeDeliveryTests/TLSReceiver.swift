import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// A receiver on loopback that speaks TLS with a certificate of `Fixtures`, and answers 204 to whatever it is told.
final class TLSReceiver: Sendable {
  private let channel: any Channel

  /// The port on 127.0.0.1.
  var port: Int { channel.localAddress?.port ?? 0 }

  init(certificate name: String, tls version: TLSVersion = .tlsv12) async throws {
    let path = Fixture.path(name)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(path).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: path, format: .pem))
    )
    configuration.maximumTLSVersion = version
    configuration.minimumTLSVersion = .tlsv1
    let context = try NIOSSLContext(configuration: configuration)
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let handlers: [any ChannelHandler] = [
            NIOSSLServerHandler(context: context), Agreeing(),
          ]
          try channel.pipeline.syncOperations.addHandlers(handlers)
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  deinit {
    channel.close(promise: nil)
  }
}

/// Files beside the tests.
enum Fixture {
  static func path(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).pem")
      .path()
  }
}

/// Answers each packet that ends a request; our requests are small, and come in one.
private final class Agreeing: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard String(buffer: unwrapInboundIn(data)).hasSuffix("}") else { return }
    let answer = context.channel.allocator.buffer(string: "HTTP/1.1 204 No Content\r\n\r\n")
    context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
