/// A parser, what is fed to it, and what must hold whatever that is.
public struct FuzzTarget: Sendable {
  /// Names it, and the folder of its corpus.
  public let name: String
  /// The promise that these bytes break; `nil` when all hold.
  ///
  /// It must never end the program.
  public let brokenPromise: @Sendable ([UInt8]) -> String?

  /// Every parser that takes bytes from outside.
  public static let all: [FuzzTarget] = [
    .segmentBatch, .segmentCall, .postHog, .cloudEvents, .line, .lenientJSON, .gzip, .table, .time,
    .rules, .memory,
  ]

  /// The target of a name; `nil` when there is none.
  public static func named(_ name: String) -> FuzzTarget? {
    all.first { $0.name == name }
  }
}
