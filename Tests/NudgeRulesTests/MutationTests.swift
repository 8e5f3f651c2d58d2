import NudgeCore
import NudgeRules
import Testing

@Suite struct MutationTests {
  @Test(arguments: 0..<300 as Range<UInt64>)
  func `a broken file is reported inside itself, and never ends the program`(seed: UInt64) throws {
    var random = Xorshift(seed: seed)
    let name = Samples.names[Int(seed % 4)]
    let original = try Samples.rule(name)
    let broken = SourceFile(path: original.path, bytes: mutate(original.bytes, using: &random))
    let reading = RuleReader.read(
      files: [broken],
      settings: .file(try Samples.settings()),
      zones: ["America/New_York"]
    )
    #expect((reading.ruleSet == nil) == reading.hasErrors)
    let lines = broken.lines
    for diagnostic in reading.diagnostics where diagnostic.place.path == broken.path {
      let place = diagnostic.place
      #expect(lines.indices.contains(place.line - 1), "\(place)")
      #expect(
        (1...lines[place.line - 1].unicodeScalars.count + 1).contains(place.column),
        "\(place)"
      )
    }
    #expect(!report(reading, files: [broken]).isEmpty)
  }

  /// One to three random edits.
  private func mutate(_ bytes: [UInt8], using random: inout Xorshift) -> [UInt8] {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    for _ in 0...Int.random(in: 0...2, using: &random) { edit(&lines, using: &random) }
    return Array(lines.joined(separator: [0x0A]))
  }

  private func edit(_ lines: inout [[UInt8]], using random: inout Xorshift) {
    let line = Int.random(in: 0..<lines.count, using: &random)
    switch Int.random(in: 0...7, using: &random) {
    case 0: lines.remove(at: line)
    case 1: lines.insert(lines[line], at: line)
    case 2: lines[line].insert(0x20, at: 0)
    case 3: lines.swapAt(line, Int.random(in: 0..<lines.count, using: &random))
    case 4: lines[line] = Array(lines[line].dropLast())
    case 5: swapCharacters(of: &lines[line], using: &random)
    case 6: replaceCharacter(of: &lines[line], using: &random)
    default: lines.insert(Array("---".utf8), at: line)
    }
    if lines.isEmpty { lines = [[]] }
  }

  private func swapCharacters(of line: inout [UInt8], using random: inout Xorshift) {
    guard line.count > 1 else { return }
    let index = Int.random(in: 1..<line.count, using: &random)
    line.swapAt(index - 1, index)
  }

  private func replaceCharacter(of line: inout [UInt8], using random: inout Xorshift) {
    guard !line.isEmpty else { return }
    let signs = Array("{}[]:,&*!|>'\"#%@-? \t\u{0}é0x".utf8) + [0xFF]
    let sign = signs[Int.random(in: 0..<signs.count, using: &random)]
    line[Int.random(in: 0..<line.count, using: &random)] = sign
  }
}

/// Chance from a seed (Marsaglia, "Xorshift RNGs", 2003).
private struct Xorshift: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    self.state = (seed &+ 1) &* 0x9E37_79B9_7F4A_7C15
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
