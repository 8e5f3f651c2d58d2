import ArgumentParser
import Foundation
import NudgeDaemon

/// Where the settings are found: at `--config`, else where systemd keeps them, else here.
struct SettingsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The settings file. (default: $CONFIGURATION_DIRECTORY/nudged.yaml, else ./nudged.yaml if \
      there is one)
      """,
      valueName: "file"
    )
  )
  var config: String?

  /// The settings file; `nil` when there is none and none was asked for.
  ///
  /// - Throws: ``Failure`` when the one that was asked for does not exist.
  func path() throws(Failure) -> String? {
    if let config, InputFile.kind(of: config) != .file {
      throw Failure("there is no file \(config)", .noSuchFile)
    }
    let environment = ProcessInfo.processInfo.environment
    return Configuration.settingsPath(given: config, environment: environment)
  }
}
