import Foundation
import Logging
import NudgeCore
import NudgeStore
import NudgeWeb
import ServiceLifecycle
import Synchronization

extension Assembly {
  /// Everything that runs, in the order in which it starts; what stands first stops last.
  var services: [any Service] {
    [alerts, outbox, loop, clockWatch, Housekeeping(assembly: self), Reporter(assembly: self)]
      + [PromptWatch(assembly: self), CensusService(assembly: self)] + heartbeat + [control] + web
      + companion + watch + [hangup]
  }

  private var hangup: any Service {
    HangupReload(
      reload: {
        self.logger.info("reload asked by signal", [.signal: "SIGHUP"])
        _ = await self.reload()
      },
      onStop: { self.stopping() },
      atStart: lateReload
    )
  }

  /// Lets the rules of the files take over from those that decide at the start; `nil` when they decide already.
  private var lateReload: (@Sendable () async -> Void)? {
    guard reloadsAtStart else { return nil }
    return {
      await self.readiness.wait()
      _ = await self.reload()
    }
  }

  private var heartbeat: [any Service] {
    guard let interval = manager.watchdogInterval else { return [] }
    let (store, manager, clock) = (store, manager, clock)
    return [
      Heartbeat(interval: interval, queue: queue) {
        if (try? await store.heartbeat(at: clock.now)) != nil { _ = manager.watchdog() }
      }
    ]
  }

  private var watch: [any Service] {
    daemon.settings.isWatching ? [RuleWatch(assembly: self)] : []
  }

  private var companion: [any Service] {
    guard let companion = daemon.options.companion else { return [] }
    return [CompanionService(assembly: self, companion: companion)]
  }

  private var control: any Service {
    WebServer(
      address: .unix(path: daemon.settings.control),
      service: service,
      access: .socketFile
    ) { _ in
      self.logger.info("control socket open", [.path: "\(self.daemon.settings.control)"])
      self.readiness.reached(.control)
    }
  }

  /// On the sockets that were handed over, else on one of our own.
  private var web: [any Service] {
    let settings = daemon.settings
    guard daemon.listeners.isEmpty else {
      return daemon.listeners.map { web(at: .inherited(descriptor: $0)) }
    }
    return [web(at: .tcp(host: settings.host, port: daemon.options.port ?? settings.port))]
  }

  private func web(at address: ListenAddress) -> any Service {
    WebServer(
      address: address,
      service: service,
      access: .keys(keys),
      limits: daemon.settings.webLimits,
      origins: daemon.settings.origins,
      tls: tls,
      proxies: daemon.settings.proxies
    ) { port in
      self.port.withLock { $0 = $0 ?? port }
      self.logger.info("listening", [.port: "\(port ?? 0)"])
      self.readiness.reached(.listening)
    }
  }

  private var service: WebService {
    let (clock, metrics) = (clock, metrics)
    let refusals = RefusalLog(clock: clock, logger: logger)
    return WebService(
      sink: queue,
      control: ControlRoutes(assembly: self),
      clock: { clock.now },
      makeID: { UUID().uuidString.lowercased() },
      health: { await self.health },
      readiness: { self.readyState },
      metrics: { self.metricsPage },
      report: { report in
        metrics.note(report)
        refusals.note(status: report.status)
      }
    )
  }
}
