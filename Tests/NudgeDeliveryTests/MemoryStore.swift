import NudgeCore
import Synchronization

@testable import NudgeDelivery

/// Deliveries in memory, with the contract of `DeliveryStore`.
///
/// A class, since the test looks at what the dispatcher changes.
final class MemoryStore: DeliveryStore {
  struct State {
    var deliveries: [String: Delivery] = [:]
    /// Ids in the order of insertion; those that are done are left out lazily.
    var order: [String: [String]] = [:]
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
        state.order[delivery.channel, default: []].append(delivery.id)
      }
    }
  }

  subscript(id: String) -> Delivery? { state.withLock { $0.deliveries[id] } }
  var all: [Delivery] { state.withLock { Array($0.deliveries.values) } }
  var disabled: [String] { state.withLock { $0.disabled } }

  func file(_ channel: String) -> FileState { state.withLock { $0.files[channel] ?? .initial } }

  func settle(_ settled: [Delivery], thenClaim claim: ClaimRequest) async throws -> ClaimedBatch {
    state.withLock { state in
      for delivery in settled { state.deliveries[delivery.id] = delivery }
      let due = state.due(claim.channel, limit: claim.limit * 2, now: claim.now)
      let (retries, fresh) = (due.filter(\.isRetry), due.filter { !$0.isRetry })
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
      let due = state.due(channel, limit: limit, now: now)
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
  mutating func due(_ channel: String, limit: Int, now: Timestamp) -> [Delivery] {
    var ids = order[channel] ?? []
    let done = ids.prefix { deliveries[$0]?.isOver == true }.count
    ids.removeFirst(done)
    order[channel] = ids
    var due: [Delivery] = []
    for id in ids where due.count < limit {
      guard let delivery = deliveries[id], delivery.claimed(now: now) != nil else { continue }
      due.append(delivery)
    }
    return due
  }

  func nextDue(_ channel: String) -> Timestamp? {
    var next: Timestamp?
    for id in order[channel] ?? [] {
      guard case .pending(let due) = deliveries[id]?.state else { continue }
      if due == .distantPast { return due }
      next = min(next ?? due, due)
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
    case .delivered, .expired, .dead: true
    }
  }
}
