import NudgeCore
import NudgeDelivery
import Synchronization

/// Which outboxes fail now, from what the dispatcher reports.
///
/// A class, since the dispatcher's workers write what health reads; a mutex guards what is small.
final class Troubles: Sendable {
  private struct State {
    var failing: Set<String> = []
    var unwritable: Set<String> = []
  }

  private let state = Mutex(State())

  /// Takes note of a report.
  func note(_ report: DispatchReport) {
    state.withLock { state in
      switch report {
      case .breaker(let channel, let isOpen):
        if isOpen { state.failing.insert(channel) } else { state.failing.remove(channel) }
      // That it is disabled is a problem of its own, and told until somebody enables it.
      case .disabled(let channel): state.failing.remove(channel)
      case .fileFailed(let channel, _, _): state.unwritable.insert(channel)
      case .written(let channel, _): state.unwritable.remove(channel)
      case .attempted, .paused, .alarm: break
      }
    }
  }

  /// Breakers begin anew, all of them closed; those that were open tell no more.
  func breakersBegin() {
    state.withLock { $0.failing = [] }
  }

  /// Forgets the outboxes that rules and settings lead nowhere any more.
  func keep(only channels: Set<String>) {
    state.withLock { state in
      state.failing.formIntersection(channels)
      state.unwritable.formIntersection(channels)
    }
  }

  /// The problems now, by channel.
  var problems: [Problem] {
    state.withLock { state in
      state.failing.sorted().map { .channelFailing($0) }
        + state.unwritable.sorted().map { .fileUnwritable($0) }
    }
  }
}
