import NudgeCore
import Synchronization

@testable import NudgeDelivery

/// Deliveries in memory, with the contract of `DeliveryStore`.
///
/// A class, since the test looks at what the dispatcher changes.
final class MemoryStore: DeliveryStore {
  /// First attempts and retries of a channel wait apart.
  struct Lane: Hashable {
    let channel: String
    let isRetry: Bool
  }

  struct State {
    var deliveries: [String: Delivery] = [:]
    /// Ids in the order of insertion; those that have left their lane are dropped lazily.
    var order: [Lane: [String]] = [:]
    var files: [String: FileState] = [:]
    var offsets: [String: [(id: String, offset: Int)]] = [:]
    var disabled: [String] = []
  }

  private let state = Mutex(State())

  init(_ deliveries: [Delivery] = []) {
    insert(deliveries)
  }

  func insert(_ deliveries: [Delivery]) {
    state.withLock { state in
      for delivery in deliveries {
        state.deliveries[delivery.id] = delivery
        state.enqueue(delivery)
      }
    }
  }

  subscript(id: String) -> Delivery? { state.withLock { $0.deliveries[id] } }
  var all: [Delivery] { state.withLock { Array($0.deliveries.values) } }
  var disabled: [String] { state.withLock { $0.disabled } }

  func file(_ channel: String) -> FileState { state.withLock { $0.files[channel] ?? .initial } }

  func settle(_ settled: [Delivery], thenClaim claim: ClaimRequest) async throws -> ClaimedBatch {
    state.withLock { state in
      for delivery in settled {
        state.deliveries[delivery.id] = delivery
        if delivery.attempts == 1 { state.enqueue(delivery) }
      }
      let retries = state.due(
        claim.channel,
        isRetry: true,
        limit: claim.limit,
        now: claim.now
      )
      let fresh = state.due(
        claim.channel,
        isRetry: false,
        limit: claim.limit,
        now: claim.now
      )
      let ordered =
        retries.prefix(claim.retriesFirst) + fresh
        + retries.dropFirst(claim.retriesFirst)
      let taken = ordered.prefix(claim.limit).compactMap { $0.claimed(now: claim.now) }
      for delivery in taken { state.deliveries[delivery.id] = delivery }
      return ClaimedBatch(deliveries: Array(taken), nextDue: state.nextDue(claim.channel))
    }
  }

  func disable(channel: String, at now: Timestamp, answer: String) async throws {
    state.withLock { $0.disabled.append(channel) }
  }

  func planFile(
    channel: String,
    rotation: FileRotation,
    limit: Int,
    now: Timestamp
  ) async throws -> FileWork {
    state.withLock { state in
      let file = state.files[channel] ?? .initial
      if file.isPlanOpen {
        let rows = (state.offsets[channel] ?? []).map {
          ($0.id, $0.offset, state.deliveries[$0.id]?.payload ?? [])
        }
        return FileWork(plan: file.resuming(rows), nextDue: nil)
      }
      let due = state.due(channel, isRetry: false, limit: limit, now: now)
      guard
        let (plan, next) = file.planning(
          due.map { ($0.id, $0.payload) },
          now: now,
          rotation: rotation
        )
      else { return FileWork(plan: nil, nextDue: state.nextDue(channel)) }
      state.files[channel] = next
      state.offsets[channel] = plan.lines.map { ($0.id, $0.offset) }
      for line in plan.lines {
        state.deliveries[line.id] = state.deliveries[line.id]?.claimed(now: now)
      }
      return FileWork(plan: plan, nextDue: state.nextDue(channel))
    }
  }

  func settleFile(channel: String, mark: FileMark, now: Timestamp) async throws {
    state.withLock { state in
      state.files[channel] = state.files[channel]?.settled(mark)
      state.endPlan(channel, .delivered(at: now))
    }
  }

  func restartFile(channel: String, now: Timestamp) async throws {
    state.withLock { state in
      state.files[channel] = state.files[channel]?.restarted()
      state.endPlan(channel, .released(due: now))
    }
  }
}

extension MemoryStore.State {
  mutating func enqueue(_ delivery: Delivery) {
    let lane = MemoryStore.Lane(channel: delivery.channel, isRetry: delivery.isRetry)
    order[lane, default: []].append(delivery.id)
  }

  mutating func due(
    _ channel: String,
    isRetry: Bool,
    limit: Int,
    now: Timestamp
  ) -> [Delivery] {
    let lane = MemoryStore.Lane(channel: channel, isRetry: isRetry)
    let gone = (order[lane] ?? []).prefix { id in
      deliveries[id].map { $0.isOver || $0.isRetry != isRetry } ?? true
    }
    order[lane]?.removeFirst(gone.count)
    var due: [Delivery] = []
    for id in order[lane] ?? [] where due.count < limit {
      guard let delivery = deliveries[id], delivery.isRetry == isRetry,
        delivery.claimed(now: now) != nil
      else { continue }
      due.append(delivery)
      if due.count == limit { break }
    }
    return due
  }

  func nextDue(_ channel: String) -> Timestamp? {
    var next: Timestamp?
    for isRetry in [false, true] {
      for id in order[MemoryStore.Lane(channel: channel, isRetry: isRetry)] ?? [] {
        guard case .pending(let due) = deliveries[id]?.state else { continue }
        if due == .distantPast { return due }
        next = min(next ?? due, due)
      }
    }
    return next
  }

  mutating func endPlan(_ channel: String, _ outcome: Delivery.Outcome) {
    for (id, _) in offsets.removeValue(forKey: channel) ?? [] {
      deliveries[id] = deliveries[id]?.settled(by: outcome)
    }
  }
}

extension Delivery {
  var isOver: Bool {
    switch state {
    case .pending, .inFlight: false
    case .delivered, .expired, .dead, .cancelled: true
    }
  }
}
