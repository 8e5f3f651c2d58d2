import NudgeCore
import NudgeWeb
import Testing

private let first = KeyRing.makeKey(.ingest, random: Array(0..<16))
private let second = KeyRing.makeKey(.ingest, random: Array(1..<17))

@Test func `a made key says its kind and carries all its randomness`() {
  #expect(first == "nwk_000102030405060708090a0b0c0d0e0f")
  #expect(KeyRing.makeKey(.admin, random: Array(repeating: 255, count: 16)).hasPrefix("nat_ffff"))
}

@Test func `every line of a key file is a key, plain or hashed`() throws {
  let hash = Digest.hexadecimal(Digest.sha256(Array(second.utf8)))
  let ring = try KeyRing(ingest: "# ours\n\(first)  # the app\r\n\n  sha256:\(hash)\n")
  #expect(ring.holds(first, as: .ingest))
  #expect(ring.holds(second, as: .ingest))
  #expect(!ring.holds(first, as: .admin))
  #expect(!ring.holds("sha256:\(hash)", as: .ingest))
  #expect(!ring.holds("", as: .ingest))
  #expect(!ring.holds(String(first.dropLast()), as: .ingest))
}

@Test(arguments: [
  ("\nshort", KeyRing.Invalid.tooShort(line: 2)),
  ("nat_000102030405060708090a0b0c0d0e0f", .wrongKind(line: 1, is: .admin)),
  ("sha256:abc", .badHash(line: 1)),
  ("two words in a line, long", .badCharacter(line: 1)),
])
func `a bad line of a key file is named`(text: String, expected: KeyRing.Invalid) {
  #expect(throws: expected) { try KeyRing(ingest: text) }
}
