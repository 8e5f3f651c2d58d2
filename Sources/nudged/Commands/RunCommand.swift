public import ArgumentParser
import Foundation
public import NudgeDaemon

/// `nudged run`.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run the daemon in the foreground.",
    discussion: """
      Without a settings file it listens on loopback in zone UTC, with ./rules, ./nudged.db, \
      ./control.sock and file outboxes below ./outbox, and makes its keys on the first start. \
      Logs go to stderr. SIGHUP loads the rules again, SIGTERM and SIGINT stop.
      """
  )

  @OptionGroup var settings: SettingsOptions

  @Option(help: ArgumentHelp("Listen on this port; 0 lets the system choose.", valueName: "port"))
  var port: Int?

  @OptionGroup var logging: LoggingOptions

  func run() async throws {
    // The database holds what people did and who they are; it is made for its owner, and read by its group.
    umask(0o027)
    CoreDumps.turnOff()
    var options = Daemon.Options(
      settingsPath: settings.config,
      environment: ProcessInfo.processInfo.environment,
      clock: GuardedClock()
    )
    options.logFormat = logging.logFormat
    options.logLevel = logging.logLevel
    options.port = port
    try await Daemon.run(options)
  }
}

/// How the daemon logs.
struct LoggingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The form of log lines: text, logfmt, json or journal.", valueName: "form")
  )
  var logFormat: LogFormat?

  @Option(
    help: ArgumentHelp(
      "The least that is logged: debug, info, warning or error.",
      valueName: "level"
    )
  )
  var logLevel = LogLevel.info
}

extension LogFormat: ExpressibleByArgument {}
extension LogLevel: ExpressibleByArgument {}
