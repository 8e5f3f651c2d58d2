import Glibc
import NudgeCore

/// What a test waited for has not come.
struct TimeUp: Error, CustomStringConvertible {
  let awaited: String
  let limit: Duration

  var description: String { "after \(limit): no \(awaited)" }
}

/// Looks at the real thing again and again until it shows something, or the time is up.
///
/// - Throws: ``TimeUp``, and whatever looking throws.
func eventually<Value>(
  _ awaited: String,
  within limit: Duration = .seconds(20),
  look: () throws -> Value?
) throws -> Value {
  let deadline = ContinuousClock.now + limit
  while true {
    if let value = try look() { return value }
    guard ContinuousClock.now < deadline else { throw TimeUp(awaited: awaited, limit: limit) }
    usleep(2000)
  }
}

/// Looks again and again until a condition holds, or the time is up.
func eventually(
  _ awaited: String,
  within limit: Duration = .seconds(20),
  holds: () throws -> Bool
) throws {
  let _: Void = try eventually(awaited, within: limit) { try holds() ? () : nil }
}
