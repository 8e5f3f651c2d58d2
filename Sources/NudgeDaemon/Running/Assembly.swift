import Foundation
import Logging
import NudgeCore
import NudgeDelivery
import NudgeStore
import NudgeWeb
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The services of a running daemon and what they tell each other.
final class Assembly: Sendable {
  let daemon: Daemon
  let queue = IngestQueue()
  let loop: DecisionLoop
  let outbox: OutboxService
  let outboxes: Outboxes
  let alerts: AlertService
  let prompts = PromptStreams()
  let clockWatch: ClockWatch
  let metrics: DaemonMetrics
  let manager: ServiceManager
  let readiness = Readiness()
  /// What the last reload said, when it was rejected.
  let rejectedRules = Mutex<String?>(nil)
  /// Which outboxes fail now.
  let troubles: Troubles
  /// What was done in this minute.
  let tally: MinuteTally
  let decisionLog: DecisionLog
  let gauges: GaugeReader
  let startedAt: Timestamp
  let port = Mutex<Int?>(nil)
  let keys: KeyRing
  let tls: TLSIdentity?
  /// Whether the rules of the files are still to take over from those that decide at the start.
  let reloadsAtStart: Bool

  var logger: Logger { daemon.logger }
  var clock: any WallClock { daemon.options.clock }
  var store: Store { daemon.store }

  init(
    daemon: Daemon,
    engine: Engine,
    start: Timestamp,
    reloadsAtStart: Bool,
    outboxes: Outboxes
  ) throws {
    let files = KeyFiles(settings: daemon.settings, environment: daemon.options.environment)
    for path in try files.makeMissing() {
      daemon.logger.info("key made", [.path: "\(path)"])
    }
    let logger = daemon.logger
    let metrics = DaemonMetrics(in: MetricsRegistry())
    let manager = daemon.manager
    let (troubles, tally) = (Troubles(), MinuteTally())
    let decisionLog = DecisionLog(logger)
    let alerts = AlertService(
      channel: daemon.settings.alerts,
      messages: { outboxes.decider.value?.messages ?? engine.messages },
      clock: daemon.options.clock,
      store: daemon.store,
      logger: logger
    )
    let outbox = OutboxService(
      clock: daemon.options.clock,
      store: daemon.store,
      channels: try outboxes.channels(
        for: engine.rules.set,
        disabled: Set(try daemon.store.disabledChannels())
      ),
      onBegin: { troubles.breakersBegin() },
      report: { report in
        DispatchLog(logger: logger, metrics: metrics).note(report)
        alerts.note(report)
        troubles.note(report)
        tally.note(report)
      }
    )
    let onProcessed = daemon.options.onProcessed
    let (prompts, readiness) = (prompts, readiness)
    let inboxes = Set(daemon.settings.inboxes)
    let webhooks = outboxes.webhooks(for: engine.rules.set)
    self.daemon = daemon
    self.reloadsAtStart = reloadsAtStart
    self.keys = try files.ring()
    tls = try daemon.settings.identity()
    self.outboxes = outboxes
    self.outbox = outbox
    self.alerts = alerts
    alerts.whenKept { outbox.wake() }
    clockWatch = ClockWatch(
      clock: daemon.options.clock,
      store: daemon.store,
      outbox: outbox,
      logger: logger
    )
    try clockWatch.look()
    self.metrics = metrics
    self.manager = manager
    self.troubles = troubles
    self.tally = tally
    self.decisionLog = decisionLog
    gauges = GaugeReader(daemon.store)
    startedAt = start
    loop = DecisionLoop(
      store: daemon.store,
      clock: daemon.options.clock,
      queue: queue,
      engine: engine,
      start: start,
      manager: manager,
      onReady: {
        // What became due while nobody was here leaves little by little.
        do { try daemon.store.spread(webhooks, at: daemon.options.clock.now) } catch {
          logger.warning("the backlog cannot be spread", [.error: "\(error)"])
        }
        readiness.reached(.deciding)
      },
      onReport: { report in
        if !report.processed.interventions.isEmpty { outbox.wake() }
        prompts.ring(for: report.processed, in: inboxes)
        metrics.note(report)
        tally.note(report)
        decisionLog.note(report.processed)
        onProcessed(report.processed)
      }
    )
    let loop = loop
    outboxes.decider.use { loop.current }
    metrics.ruleSet(hash: engine.rules.set.hash)
    expectCounts()
    metrics.rulesLoaded(successfully: !daemon.configuration.hasErrors, at: daemon.options.clock.now)
    if daemon.configuration.hasErrors {
      rejectedRules.withLock { $0 = daemon.configuration.report }
    }
  }

  /// Runs everything until the end; what stands first stops last.
  func run() async throws {
    readiness.whenReady { self.announce() }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services.map { service in
          ServiceGroupConfiguration.ServiceConfiguration(
            service: service,
            successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup
          )
        },
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: Assembly.silence
      )
    )
    do { try await group.run() } catch let failure as ListenFailure {
      throw DaemonFailure(.tryAgain, failure.description)
    }
  }

  private func announce() {
    let rules = loop.current.rules.set
    logger.info("ready", [.ruleSet: "\(rules.hash.prefix(12))"])
    if rules.campaigns.isEmpty {
      logger.info(
        "no campaigns yet: write rule files and run nudged reload",
        [.path: "\(daemon.settings.rules)"]
      )
    }
    manager.ready(status: statusText)
    ProgramPages.giveBack()
  }

  /// The end has begun.
  func stopping() {
    logger.info("stopping")
    loop.stopDeploying()
    readiness.stop()
    prompts.stop()
    manager.stopping()
  }

  private static let silence = Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
}
