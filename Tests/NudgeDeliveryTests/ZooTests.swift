import NudgeClient
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeDelivery

/// Sun, 06 Nov 1994 08:49:37 GMT, so that dates of Retry-After lie near.
private let sunday = Timestamp(millisecondsSinceEpoch: 784_111_777_000)

@Suite struct `The zoo of receivers` {
  @Test func `is met as its table says, each before its deadline`() async throws {
    var lines: [Int: String] = [:]
    try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for (place, animal) in Animal.all.enumerated() {
        // No more at a time than a loaded machine serves well.
        if place >= 16, let (other, line) = try await group.next() { lines[other] = line }
        group.addTask { (place, try await animal.row()) }
      }
      for try await (place, line) in group { lines[place] = line }
    }
    let head = "receiver | what came back | the delivery | the channel | its breaker\n"
    let table = lines.sorted { $0.key < $1.key }.map { $0.value + "\n" }.joined()
    Golden.expect(head + table, matches: "zoo.txt")
  }
}

extension Animal {
  /// The line of the table.
  fileprivate func row() async throws -> String {
    let begin = ContinuousClock.now
    let result = try await meet()
    #expect(ContinuousClock.now - begin < .seconds(30), "\(name)")
    let verdict = Verdict(result, on4xx: .retry, now: sunday)
    return [
      name, result.words, verdict.fate.words, verdict.effect.words, verdict.health.words,
    ].joined(separator: " | ")
  }

  /// Short where nothing will ever come, long where a machine with much to do must not fail.
  private var deadline: Duration { hangs ? .milliseconds(400) : .seconds(20) }

  private func meet() async throws -> ExchangeResult {
    switch habitat {
    case .http(let behaviour):
      let receiver = try LoopbackReceiver { _ in behaviour }
      return try await send(to: "http://127.0.0.1:\(receiver.port)/", keeping: receiver)
    case .notTLS(let greeting):
      let receiver = try LoopbackReceiver(greeting: greeting) { _ in .close }
      return try await send(to: "https://127.0.0.1:\(receiver.port)/", keeping: receiver)
    case .silentTLS:
      let receiver = try LoopbackReceiver { _ in .hang }
      return try await send(to: "https://127.0.0.1:\(receiver.port)/", keeping: receiver)
    case .tls(let certificate):
      let receiver = try await TLSReceiver(certificate: certificate)
      let lookup = NameLookup { _ in .success([IPAddress("127.0.0.1")].compactMap(\.self)) }
      return try await send(
        to: "https://hook.test:\(receiver.port)/",
        lookup: lookup,
        keeping: receiver
      )
    case .nobody:
      let closed = try ClosedPort()
      defer { withExtendedLifetime(closed) {} }
      return try await send(to: "http://127.0.0.1:\(closed.port)/")
    case .unknownName:
      let lookup = NameLookup { _ in .failure(NameLookup.Failure(text: "unknown")) }
      return try await send(to: "http://a.invalid/", lookup: lookup)
    case .privateAddress:
      let lookup = NameLookup { _ in .success([IPAddress("10.0.0.1")].compactMap(\.self)) }
      return try await send(to: "http://a.invalid/", lookup: lookup)
    case .silentNames:
      let gate = Gate()
      defer { gate.open() }
      let lookup = NameLookup { _ in
        gate.wait()
        return .failure(NameLookup.Failure(text: "late"))
      }
      return try await send(to: "http://a.invalid/", lookup: lookup)
    }
  }

  private func send(
    to url: String,
    lookup: NameLookup = NameLookup(),
    keeping receiver: (any Sendable)? = nil
  ) async throws -> ExchangeResult {
    let exchange = HTTPExchange(
      policy: AddressPolicy(
        allowedNetworks: [IPNetwork("127.0.0.0/8")].compactMap(\.self),
        allowsHTTP: true
      ),
      deadline: deadline,
      authorityFile: Fixture.path("authority"),
      lookup: lookup
    )
    let request = OutgoingRequest(
      method: "POST",
      url: try WebURL(url),
      headers: [],
      body: Array("{}".utf8)
    )
    let result = await exchange.send(request)
    withExtendedLifetime(receiver) {}
    return result
  }
}

extension ExchangeResult {
  fileprivate var words: String {
    switch self {
    case .failed(let failure): failure.kind.rawValue
    case .answered(let answer): "answer \(answer.status)\(answer.isCut ? ", cut" : "")"
    }
  }
}

extension Verdict.Fate {
  fileprivate var words: String {
    switch self {
    case .delivered: "delivered"
    case .retry: "tried again"
    case .dead: "dead letter"
    }
  }
}

extension Verdict.Effect {
  fileprivate var words: String {
    switch self {
    case .none: "goes on"
    case .slow: "slows down"
    case .pause(let until): "pauses for \((until - sunday).wholeMilliseconds) ms"
    case .disable: "is disabled"
    }
  }
}

extension Verdict.Health {
  fileprivate var words: String {
    switch self {
    case .well: "well"
    case .ill: "ill"
    case .indifferent: "no sign"
    }
  }
}
