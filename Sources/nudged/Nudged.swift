import ArgumentParser
import NudgeDaemon

@main
struct Nudged: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nudged",
    abstract: "Gets new users of a product to its value.",
    discussion: """
      Takes in product events, keeps each person's and each account's progress, and decides by \
      rule files who gets which message, when, and why.
      """,
    version: NudgedVersion.text,
    subcommands: [
      AccountCommand.self,
      ApplyCommand.self,
      BacktestCommand.self,
      CampaignCommand.self,
      CheckCommand.self,
      ClockCommand.self,
      CompletionsCommand.self,
      DatabaseCommand.self,
      DemoCommand.self,
      DocsCommand.self,
      DoctorCommand.self,
      EventsCommand.self,
      ExplainCommand.self,
      ExportCommand.self,
      FormatCommand.self,
      HealthCommand.self,
      IngestCommand.self,
      InitCommand.self,
      KeysCommand.self,
      ManCommand.self,
      OutboxCommand.self,
      PlanCommand.self,
      ReadCommand.self,
      ReloadCommand.self,
      ReplayCommand.self,
      RunCommand.self,
      SchemaCommand.self,
      SilenceCommand.self,
      SimulateCommand.self,
      StatusCommand.self,
      TailCommand.self,
      TestCommand.self,
      TopCommand.self,
      TraceCommand.self,
      UserCommand.self,
      VersionCommand.self,
    ]
  )

  /// Runs the command that the arguments name; it alone picks the exit status.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let failure as DaemonFailure {
      Failure(failure.message, failure.status).report()
      exit(withError: ExitCode(failure.status.rawValue))
    } catch let failure as Failure {
      failure.report()
      exit(withError: ExitCode(failure.status.rawValue))
    } catch {
      exit(withError: error)
    }
  }
}
