import NIOCore
import Synchronization

/// The open connections of a server, each with the task that answers on it.
///
/// A class, shared by all connections of a server; a mutex guards what is small.
final class ConnectionBook: Sendable {
  private enum Phase {
    case open
    /// What is asked is answered as the last of its connection.
    case ending
    case closed
  }

  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var phase = Phase.open
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// Notes a connection until it is answered to its end.
  func enter(_ channel: any Channel, answer: @escaping @Sendable () async -> Void) {
    let id = ObjectIdentifier(channel)
    let phase = state.withLock { state in
      state.channels[id] = channel
      return state.phase
    }
    // Not in a task group: NIO ends the process over a connection that is set up and that nobody takes, and the loop
    // which would take it may be over by then. `allGone` waits for it instead.
    Task {
      await answer()
      leave(id)
    }
    tell(channel, phase)
  }

  /// Lets every connection end once what it has asked is answered; those that come later too.
  func end() {
    for channel in enter(.ending) { tell(channel, .ending) }
  }

  /// Closes every connection; those that come later too.
  func close() {
    for channel in enter(.closed) { tell(channel, .closed) }
  }

  /// Waits until no connection is left.
  func allGone() async {
    await withCheckedContinuation { continuation in
      let isGone = state.withLock { state in
        if !state.channels.isEmpty { state.waiter = continuation }
        return state.channels.isEmpty
      }
      if isGone { continuation.resume() }
    }
  }

  private func enter(_ phase: Phase) -> [any Channel] {
    state.withLock { state in
      state.phase = phase
      return Array(state.channels.values)
    }
  }

  private func leave(_ id: ObjectIdentifier) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.channels.removeValue(forKey: id)
      guard state.channels.isEmpty else { return nil }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  private func tell(_ channel: any Channel, _ phase: Phase) {
    switch phase {
    case .open: break
    case .ending: channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    case .closed: channel.close(promise: nil)
    }
  }
}
