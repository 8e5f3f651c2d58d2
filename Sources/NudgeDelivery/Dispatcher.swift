public import NudgeCore

/// Tells whether a delivery that was tried before may be tried again now.
public typealias RetryGate = @Sendable (_ delivery: Delivery, _ now: Timestamp) async -> RetryPermit

/// Whether a delivery may be tried again.
public enum RetryPermit: Hashable, Sendable {
  case granted
  /// Not before this instant: it is quiet where the recipient is.
  case held(until: Timestamp)
  /// Not any more, for this reason.
  case cancelled(reason: String)
}

/// A channel that leads to a webhook.
public struct WebhookChannel: Sendable {
  /// The channel's name.
  public let name: String
  /// What makes the attempts.
  public let sender: any DeliverySender
  /// The waits between attempts.
  public let schedule: RetrySchedule
  /// `nil`: it never opens.
  public let breaker: Breaker.Settings?
  /// Concurrency and rate.
  public let pace: ChannelPace
  /// Whether a retry may go out now; `nil`: it always may.
  public let gate: RetryGate?

  /// A channel of these parts.
  public init(
    name: String,
    sender: any DeliverySender,
    schedule: RetrySchedule = .standard,
    breaker: Breaker.Settings? = Breaker.Settings(),
    pace: ChannelPace = ChannelPace(),
    gate: RetryGate? = nil
  ) {
    self.name = name
    self.sender = sender
    self.schedule = schedule
    self.breaker = breaker
    self.pace = pace
    self.gate = gate
  }
}

/// A channel that leads to a file.
public struct FileChannel: Sendable {
  /// The channel's name.
  public let name: String
  /// What writes the lines.
  public let outbox: FileOutbox
  /// When segments end.
  public let rotation: FileRotation

  /// A channel of these parts.
  public init(name: String, outbox: FileOutbox, rotation: FileRotation = FileRotation()) {
    self.name = name
    self.outbox = outbox
    self.rotation = rotation
  }
}

/// One of the two.
public enum DispatchChannel: Sendable {
  case webhook(WebhookChannel)
  case file(FileChannel)
}

/// Brings deliveries to their outboxes: one worker for each channel, so that none waits for another.
///
/// Cancelled, it claims no more and leaves what is under way as it is; the next start finds it in flight.
public struct Dispatcher: Sendable {
  private enum Worker: Sendable {
    case webhook(WebhookWorker)
    case file(FileWorker)
  }

  private let workers: [Worker]

  /// A dispatcher of these channels, none of them disabled.
  ///
  /// `random` draws the jitter of retries; `report` hears of everything once it is settled, and must not block.
  public init(
    clock: any WallClock,
    store: any DeliveryStore,
    channels: [DispatchChannel],
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
    report: @escaping @Sendable (DispatchReport) -> Void
  ) {
    workers = channels.map { channel in
      switch channel {
      case .webhook(let channel):
        .webhook(
          WebhookWorker(
            clock: clock,
            store: store,
            channel: channel,
            random: random,
            report: report
          )
        )
      case .file(let channel):
        .file(FileWorker(clock: clock, store: store, channel: channel, report: report))
      }
    }
  }

  /// Says that new deliveries are committed; cheap, from anywhere, at any time.
  public func wake() {
    for worker in workers {
      switch worker {
      case .webhook(let worker): worker.mailbox.ring()
      case .file(let worker): worker.mailbox.ring()
      }
    }
  }

  /// Lets a channel send again whose receiver had said that it is gone.
  public func enable(_ channel: String) {
    for worker in workers {
      if case .webhook(let worker) = worker, worker.channel.name == channel { worker.enable() }
    }
  }

  /// Works until the task is cancelled; once for each dispatcher.
  ///
  /// - Throws: what the store throws.
  public func run() async throws {
    // To return at once would let whoever keeps a dispatcher running start it again and again.
    if workers.isEmpty { return await untilCancelled() }
    try await withThrowingDiscardingTaskGroup { group in
      for worker in workers {
        group.addTask {
          switch worker {
          case .webhook(let worker): try await worker.run()
          case .file(let worker): try await worker.run()
          }
        }
      }
    }
  }

  private func untilCancelled() async {
    let (nothing, source) = AsyncStream<Never>.makeStream()
    for await _ in nothing {}
    withExtendedLifetime(source) {}
  }
}
