import NudgeCore
import Synchronization

/// What a channel's worker waits at: results of attempts are put in, and a bell says that there is something to do.
///
/// A class, since the attempts, the timers and the worker share it. Many rings before a look are one.
final class Mailbox<Letter: Sendable>: Sendable {
  let bell: AsyncStream<Void>
  private let ringer: AsyncStream<Void>.Continuation
  private let letters = Mutex<[Letter]>([])

  init() {
    (bell, ringer) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func ring() {
    ringer.yield()
  }

  func put(_ letter: Letter) {
    letters.withLock { $0.append(letter) }
    ring()
  }

  /// All that has come in since the last time.
  func take() -> [Letter] {
    letters.withLock { letters in
      defer { letters.removeAll(keepingCapacity: true) }
      return letters
    }
  }
}

/// One bell for an instant to come: the earliest that was asked for.
struct Alarm: Hashable, Sendable {
  /// `never` while none is set.
  let at: Timestamp

  static let none = Alarm(at: .never)

  /// The alarm to set beside this one; `nil` when this one rings soon enough.
  func earlier(_ instant: Timestamp?, now: Timestamp) -> Alarm? {
    guard let instant, instant != .never else { return nil }
    return at <= now || instant < at ? Alarm(at: instant) : nil
  }
}
