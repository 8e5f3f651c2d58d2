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
    /// Whether nothing may leave now.
    var isHeld = false
  }

  private let clock: any WallClock
  private let store: Store
  private let onBegin: @Sendable () -> Void
  private let report: @Sendable (DispatchReport) -> Void
  private let state: Mutex<State>
  private let changes: AsyncStream<Void>
  private let change: AsyncStream<Void>.Continuation

  init(
    clock: any WallClock,
    store: Store,
    channels: [DispatchChannel],
    onBegin: @escaping @Sendable () -> Void = {},
    report: @escaping @Sendable (DispatchReport) -> Void
  ) {
    self.clock = clock
    self.store = store
    self.onBegin = onBegin
    self.report = report
    state = Mutex(State(channels: channels))
    (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Says that new deliveries are committed.
  func wake() { state.withLock { $0.dispatcher }?.wake() }

  /// Lets a channel send again that was disabled since this began.
  func enable(_ channel: String) { state.withLock { $0.dispatcher }?.enable(channel) }

  /// Lets other channels take over; while they are the same, calls that are under way go on.
  func use(_ channels: [DispatchChannel]) {
    let isChange = state.withLock { state in
      defer { state.channels = channels }
      return state.channels.map(\.name) != channels.map(\.name)
    }
    if isChange { change.yield() }
  }

  /// Whether nothing may leave now.
  var isHeld: Bool { state.withLock { $0.isHeld } }

  /// Lets nothing leave, or lets it leave again; calls that are under way are broken off, and come again.
  func hold(_ isHeld: Bool) {
    let isChange = state.withLock { state in
      defer { state.isHeld = isHeld }
      return state.isHeld != isHeld
    }
    if isChange { change.yield() }
  }

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      while !Task.isCancelled { try await self.dispatchUntilChange() }
    }
  }

  private func dispatchUntilChange() async throws {
    guard state.withLock({ !$0.isHeld }) else { return await nextChange() }
    try await withThrowingTaskGroup { group in
      group.addTask { try await self.dispatch() }
      group.addTask { await self.nextChange() }
      try await group.next()
      group.cancelAll()
    }
  }

  private func nextChange() async {
    for await _ in changes { return }
  }

  /// Takes back what an earlier dispatcher left in flight, and dispatches until cancelled.
  private func dispatch() async throws {
    onBegin()
    let dispatcher = state.withLock { state in
      let dispatcher = Dispatcher(
        clock: clock,
        store: store,
        channels: state.isHeld ? [] : state.channels,
        report: report
      )
      state.dispatcher = dispatcher
      return dispatcher
    }
    let webhooks = state.withLock { $0.channels }.compactMap(\.webhookName)
    try store.recoverDeliveries(channels: webhooks, at: clock.now, isCrash: false)
    do { try await dispatcher.run() } catch is CancellationError {}
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
