import NudgeCore
import NudgeWire

/// Which paths take events, and what call each makes.
enum IngestPath {
  /// The call of a path without trailing slash; `nil` for all other paths.
  static func call(of path: String) -> SegmentDecoder.Call? {
    calls[path]
  }

  /// All of the paths, in order.
  static var paths: [String] { calls.keys.sorted() }

  private static let calls: [String: SegmentDecoder.Call] = [
    "/v1/batch": .batch, "/v1/import": .batch, "/v1/b": .batch,
    "/v1/track": .single(.track), "/v1/t": .single(.track),
    "/v1/identify": .single(.identify), "/v1/i": .single(.identify),
    "/v1/group": .single(.group), "/v1/g": .single(.group),
    "/v1/page": .single(.page), "/v1/p": .single(.page),
    "/v1/screen": .single(.screen), "/v1/s": .single(.screen),
    "/v1/alias": .single(.alias), "/v1/a": .single(.alias),
  ]
}
