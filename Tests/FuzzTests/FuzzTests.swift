import Foundation
import FuzzTargets
import NudgeTesting
import Testing

/// What `make fuzz` looks for at length, looked for in a moment: the corpus, and seeded changes of it.
@Suite struct FuzzTests {
  @Test(arguments: FuzzTarget.all.map(\.name))
  func `every target has a corpus, and keeps its promises over it`(name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let files = try Corpus.files(of: name)
    #expect(!files.isEmpty)
    for (file, bytes) in files {
      let broken = target.brokenPromise(bytes)
      #expect(broken == nil, "\(file)")
    }
  }

  @Test(arguments: FuzzTarget.all.map(\.name), 0..<5 as Range<UInt64>)
  func `changed inputs break no promise`(name: String, seed: UInt64) throws {
    let target = try #require(FuzzTarget.named(name))
    let files = try Corpus.files(of: name).map(\.bytes)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<40 {
      let input = Mutation.changed(files, using: &random)
      let broken = target.brokenPromise(input)
      #expect(broken == nil, "\(Data(input).base64EncodedString())")
    }
  }

  @Test func `a corpus belongs to a target`() throws {
    #expect(try Set(Corpus.folders()).isSubset(of: FuzzTarget.all.map(\.name)))
  }
}

/// The inputs that are kept.
private enum Corpus {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fuzz/corpus")

  static func folders() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.path())
  }

  static func files(of target: String) throws -> [(name: String, bytes: [UInt8])] {
    let folder = root.appending(path: target)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted().map {
      ($0, Array(try Data(contentsOf: folder.appending(path: $0))))
    }
  }
}

/// Small changes of bytes, and pieces of one input in another.
private enum Mutation {
  private static let signs = Array("{}[]:,\"\\'#&*!|>%@-? \n\r\t0e9.".utf8) + [0, 0xFF, 0xED, 0xC3]

  static func changed(_ files: [[UInt8]], using random: inout SeededGenerator) -> [UInt8] {
    var bytes = files.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      change(&bytes, files, using: &random)
    }
    return bytes
  }

  private static func change(
    _ bytes: inout [UInt8],
    _ files: [[UInt8]],
    using random: inout SeededGenerator
  ) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let end = min(bytes.count, place + Int.random(in: 0...8, using: &random))
    switch Int.random(in: 0..<5, using: &random) {
    case 0: bytes.removeSubrange(place..<end)
    case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 2: bytes.insert(signs.randomElement(using: &random) ?? 0, at: place)
    case 3 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
    default:
      let other = files.randomElement(using: &random) ?? []
      bytes.replaceSubrange(place..<end, with: other.dropFirst(place).prefix(20))
    }
  }
}
