import NudgeClient
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeDelivery

@Suite struct SignatureTests {
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  private static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

  private func value(_ secrets: [String]) throws -> String {
    WebhookSignature.value(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      at: Timestamp(millisecondsSinceEpoch: 1_614_265_330_999),
      body: Array(#"{"test": 2432232314}"#.utf8),
      secrets: try secrets.map { try WebhookSecret($0) }
    )
  }

  @Test func `the vector of Standard Webhooks is met`() throws {
    #expect(try value([Self.secret]) == Self.signature)
  }

  @Test func `during a rotation both signatures are sent`() throws {
    let other = "whsec_" + Base64.encoded([UInt8](repeating: 7, count: 32))
    let values = try value([other, Self.secret]).split(separator: " ").map(String.init)
    #expect(values.count == 2 && values[1] == Self.signature)
    #expect(try values[0] == value([other]))
  }

  @Test(arguments: [
    ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", WebhookSecret.Invalid.prefix),
    ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!", .encoding), ("whsec_A", .encoding),
    ("whsec_", .length(0)), ("whsec_AAAA", .length(3)), ("", .prefix),
    ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_x", .prefix),
  ])
  func `what is no secret is refused`(text: String, expected: WebhookSecret.Invalid) {
    #expect(throws: expected) { try WebhookSecret(text) }
  }

  @Test func `a secret does not show itself`() throws {
    let secret = try WebhookSecret("  \(Self.secret)\n")
    #expect("\(secret)" == "whsec_…")
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `Base64 gives back what went in`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let bytes = (0..<Int(seed)).map { _ in UInt8.random(in: 0...255, using: &random) }
    #expect(Base64.decoded(Base64.encoded(bytes)) == bytes)
  }
}
