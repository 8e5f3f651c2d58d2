import Dispatch
import Logging
import NudgeCore
import NudgeStore
import ServiceLifecycle

/// How many there are of each kind of people, which only reading all of them tells.
struct Census: Hashable, Sendable {
  /// A model, and how those in it keep up; `none` where the model measures no pace.
  struct Pace: Hashable {
    let model: String
    let pace: String
  }

  private(set) var people: [Pace: Int] = [:]
  private(set) var accounts: [Pace: Int] = [:]
  /// How many are inside each campaign.
  let inside: [String: Int]

  init(inside: [String: Int]) {
    self.inside = inside
  }

  /// Counts some more.
  mutating func add(_ rows: [SubjectRow]) {
    for row in rows {
      let pace = Pace(model: row.model, pace: row.pace ?? "none")
      switch row.subject.kind {
      case .account: accounts[pace, default: 0] += 1
      case .user, .anonymous: people[pace, default: 0] += 1
      }
    }
  }
}

/// Counts everybody again and again, with long pauses after long counts.
struct CensusService: Service {
  let assembly: Assembly

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await assembly.readiness.wait()
      while !Task.isCancelled {
        let began = ContinuousClock.now
        do { assembly.metrics.standing.show(try await count()) } catch is CancellationError {
          // The stop has begun; a service that ended before its turn would be taken for broken.
        } catch {
          assembly.logger.warning("people cannot be counted", [.error: "\(error)"])
        }
        let pause = (ContinuousClock.now - began) * Limits.censusPause
        // The pause bounds what counting costs; the next moment after it is when others wake as well. Both are cancelled at the end.
        try? await Task.sleep(for: pause)
        try? await Pulse.next(every: Limits.betweenCounts)
      }
    }
  }

  private func count() async throws -> Census {
    try await withCheckedThrowingContinuation { continuation in
      // A thread of its own, and one that waits for others.
      DispatchQueue(label: "nudged.census", qos: .background).async {
        continuation.resume(with: Result { try counted() })
      }
    }
  }

  private func counted() throws -> Census {
    guard assembly.readiness.isReady else { throw CancellationError() }
    let rules = assembly.loop.current.rules.set
    let empty = Dictionary(rules.campaigns.map { ($0.name, 0) }) { first, _ in first }
    var census = Census(inside: empty.merging(try assembly.store.inside()) { $1 })
    guard !rules.models.isEmpty else { return census }
    for kind in [SubjectKind.user, .account] { try count(kind, in: &census) }
    return census
  }

  private func count(_ kind: SubjectKind, in census: inout Census) throws {
    guard let listing = try listing(of: kind) else { return }
    var place: Int64? = 0
    while let after = place {
      // The database closes when all services have ended.
      guard assembly.readiness.isReady else { throw CancellationError() }
      let page = try listing.page(after: after)
      census.add(page.rows)
      place = page.next
    }
  }

  /// `nil` where no model is about them.
  private func listing(of kind: SubjectKind) throws -> SubjectListing? {
    do {
      return try SubjectListing(
        database: assembly.store.path,
        kind: kind,
        model: nil,
        where: nil,
        settings: assembly.daemon.configuration.decidingSettings,
        zones: assembly.daemon.zones,
        now: assembly.clock.now
      )
    } catch is SubjectListing.BadQuestion { return nil }
  }
}
