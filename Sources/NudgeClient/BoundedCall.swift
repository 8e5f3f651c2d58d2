import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// One request over one client, all of it before a deadline and none of the answer beyond a limit.
struct BoundedCall: Sendable {
  let deadline: Duration
  let maximumBytes: Int

  /// What the work gives, or a timeout when the deadline comes first; the work is cancelled then.
  func run(
    _ work: @escaping @Sendable () async throws -> IncomingAnswer
  ) async -> ExchangeResult {
    let deadline = deadline
    return await withTaskGroup(of: ExchangeResult.self) { group in
      group.addTask { await BoundedCall.result(of: work) }
      group.addTask {
        try? await Task.sleep(for: deadline)
        return .failed(ExchangeFailure(.timedOut, "no complete answer within \(deadline)"))
      }
      let first = await group.next()
      group.cancelAll()
      if Task.isCancelled { return .failed(ExchangeFailure(.cancelled, "cancelled")) }
      return first ?? .failed(ExchangeFailure(.cancelled, "cancelled"))
    }
  }

  /// Sends a request and reads the answer up to the limit; what is left unread closes the connection.
  func answer(to request: HTTPClientRequest, over client: HTTPClient) async throws -> IncomingAnswer
  {
    let response = try await client.execute(request, deadline: .now() + TimeAmount(deadline))
    var body: [UInt8] = []
    var isCut = false
    for try await part in response.body {
      let room = maximumBytes - body.count
      body.append(contentsOf: part.readableBytesView.prefix(room))
      isCut = part.readableBytes > room
      if isCut { break }
    }
    return IncomingAnswer(
      status: Int(response.status.code),
      retryAfter: response.headers.first(name: "retry-after"),
      body: body,
      isCut: isCut
    )
  }

  private static func result(
    of work: @Sendable () async throws -> IncomingAnswer
  ) async -> ExchangeResult {
    do {
      return .answered(try await work())
    } catch {
      return .failed(ExchangeFailure(error))
    }
  }
}
