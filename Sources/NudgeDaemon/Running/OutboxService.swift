import NudgeCore
import NudgeDelivery
import NudgeStore
import ServiceLifecycle
import Synchronization

/// Runs the dispatcher of the channels that the settings and rules name; a reload may change them.
///
/// A class, since a reload reaches into it; a mutex guards what is small.
final class OutboxService: Service {
  private struct State {
    var dispatcher: Dispatcher?
    var channels: [DispatchChannel]
  }

  private let clock: any WallClock
  private let store: Store
  private let report: @Sendable (DispatchReport) -> Void
  private let state: Mutex<State>
  private let changes: AsyncStream<Void>
  private let change: AsyncStream<Void>.Continuation

  init(
    clock: any WallClock,
    store: Store,
    channels: [DispatchChannel],
    report: @escaping @Sendable (DispatchReport) -> Void
  ) {
    self.clock = clock
    self.store = store
    self.report = report
    state = Mutex(State(channels: channels))
    (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Says that new deliveries are committed.
  func wake() { state.withLock { $0.dispatcher }?.wake() }

  /// Lets other channels take over; those that work already are left at it.
  func use(_ channels: [DispatchChannel]) {
    let isChange = state.withLock { state in
      defer { state.channels = channels }
      return state.channels.map(\.name) != channels.map(\.name)
    }
    if isChange { change.yield() }
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await self.dispatchUntilCancelled()
    }
  }

  private func dispatchUntilCancelled() async {
    while !Task.isCancelled {
      let channels = state.withLock { $0.channels }
      // A group for each round: what is added to a group once cancelled starts cancelled.
      await withTaskGroup { group in
        group.addTask { await self.dispatch(channels) }
        for await _ in changes { break }
        group.cancelAll()
      }
      if !Task.isCancelled { takeBack(from: channels) }
    }
  }

  /// Hands what the last dispatcher left in flight to the next one.
  private func takeBack(from channels: [DispatchChannel]) {
    let names = channels.compactMap(\.webhookName)
    // A failing store ends the writer too, which says why.
    try? store.recoverDeliveries(channels: names, at: clock.now, isCrash: false)
  }

  private func dispatch(_ channels: [DispatchChannel]) async {
    let dispatcher = Dispatcher(clock: clock, store: store, channels: channels, report: report)
    state.withLock { $0.dispatcher = dispatcher }
    // Cancelled by a reload or by the end; a failing store ends the writer too, which says why.
    try? await dispatcher.run()
  }
}

extension DispatchChannel {
  fileprivate var name: String {
    switch self {
    case .webhook(let channel): channel.name
    case .file(let channel): channel.name
    }
  }

  fileprivate var webhookName: String? {
    switch self {
    case .webhook(let channel): channel.name
    case .file: nil
    }
  }
}
