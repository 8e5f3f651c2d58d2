import NudgeCore
import NudgeWire
import Testing

@Test(arguments: 0..<300 as Range<UInt64>)
func `strict JSON passes the lenient writer unchanged`(seed: UInt64) throws {
  var chance = Chance(seed: seed)
  let bytes = Array(randomJSON(depth: 4, &chance).utf8)
  #expect(try LenientJSON.strict(bytes, depth: 64) == bytes)
}

@Test(arguments: 0..<300 as Range<UInt64>)
func `mutated JSON is refused or made strict, and never crashes`(seed: UInt64) throws {
  var chance = Chance(seed: seed)
  let properties = randomJSON(depth: 4, &chance)
  var bytes = Array(#"{"userId":"u","event":"e","properties":{"p":\#(properties)}}"#.utf8)
  for _ in 0..<Int.random(in: 1...4, using: &chance) { mutate(&bytes, &chance) }
  guard let strict = try? LenientJSON.strict(bytes, depth: 64) else { return }
  #expect(try LenientJSON.strict(strict, depth: 64) == strict)
  let decoded = try? decoder().decode(strict, call: .single(.track), receivedAt: noon)
  // What was not one object was refused; whatever was taken holds strict JSON.
  for event in decoded?.events ?? [] where !event.properties.isEmpty {
    let kept = event.properties.bytes
    #expect(try LenientJSON.strict(kept, depth: 64) == kept)
  }
}

@Test(arguments: 0..<300 as Range<UInt64>)
func `what simdjson takes the lenient writer takes unchanged`(seed: UInt64) throws {
  var chance = Chance(seed: seed)
  var bytes = Array(#"{"properties":{"p":\#(randomJSON(depth: 3, &chance))}}"#.utf8)
  mutate(&bytes, &chance)
  let before = try? decoder().decode(bytes, call: .single(.page), receivedAt: noon)
  let strict = try? LenientJSON.strict(bytes, depth: 64)
  guard let strict else {
    #expect(before == nil)
    return
  }
  #expect(before == (try? decoder().decode(strict, call: .single(.page), receivedAt: noon)))
}

@Test(
  arguments: [
    ([0x22, 0xFF, 0x22], [0x22, 0xEF, 0xBF, 0xBD, 0x22]),
    ([0x22, 0xC3, 0x22], [0x22, 0xEF, 0xBF, 0xBD, 0x22]),
    ([0x22, 0xC3, 0xA9, 0x22], [0x22, 0xC3, 0xA9, 0x22]),
    ([0x22, 0xF0, 0x9F, 0x98, 0x80, 0x22], [0x22, 0xF0, 0x9F, 0x98, 0x80, 0x22]),
  ] as [([UInt8], [UInt8])]
)
func `bytes that are no UTF-8 become the replacement character`(
  input: [UInt8],
  expected: [UInt8]
) throws {
  #expect(try LenientJSON.strict(input, depth: 64) == expected)
}

private func mutate(_ bytes: inout [UInt8], _ chance: inout Chance) {
  let place = Int.random(in: 0..<bytes.count, using: &chance)
  switch Int.random(in: 0..<3, using: &chance) {
  case 0: bytes.remove(at: place)
  case 1: bytes[place] = Array("{}[]\",:\\u0eN-.d8 ".utf8).randomElement(using: &chance) ?? 0
  default: bytes.insert(UInt8.random(in: 0...255, using: &chance), at: place)
  }
}

private func randomJSON(depth: Int, _ chance: inout Chance) -> String {
  switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &chance) {
  case 0: return ["true", "false", "null"].randomElement(using: &chance) ?? ""
  case 1: return randomNumber(&chance)
  case 2, 3, 4: return randomText(&chance)
  case 5:
    let values = (0..<Int.random(in: 0...4, using: &chance)).map { _ in
      randomSpace(&chance) + randomJSON(depth: depth - 1, &chance) + randomSpace(&chance)
    }
    return "[" + values.joined(separator: ",") + "]"
  default:
    let members = (0..<Int.random(in: 0...4, using: &chance)).map { _ in
      randomText(&chance) + randomSpace(&chance) + ":" + randomJSON(depth: depth - 1, &chance)
    }
    return "{" + randomSpace(&chance) + members.joined(separator: ",") + "}"
  }
}

private func randomNumber(_ chance: inout Chance) -> String {
  ["0", "-0", "1", "-17", "1.5", "1e5", "2E-3", "9007199254740993", "1e400", "-0.1e+2"]
    .randomElement(using: &chance) ?? "0"
}

private func randomText(_ chance: inout Chance) -> String {
  let parts = [
    "a", "\\n", "\\\"", "\\\\", "ü", "😀", "\\ud83d\\ude00", "\\u0000", "}", "[", ",", ":",
  ]
  let chosen = (0..<Int.random(in: 0...5, using: &chance)).map { _ in
    parts.randomElement(using: &chance) ?? ""
  }
  return "\"" + chosen.joined() + "\""
}

private func randomSpace(_ chance: inout Chance) -> String {
  ["", "", " ", "\n\t", "\r\n "].randomElement(using: &chance) ?? ""
}
