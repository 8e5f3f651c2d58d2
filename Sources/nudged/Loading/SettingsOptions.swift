import ArgumentParser
import NudgeDaemon
import NudgeRules

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
  func file() throws(Failure) -> SourceFile? {
    if let config { return try InputFile.source(config) }
    for path in candidates where InputFile.kind(of: path) == .file {
      return try InputFile.source(path)
    }
    return nil
  }

  private var candidates: [String] {
    let folders = (environment("CONFIGURATION_DIRECTORY") ?? "").split(separator: ":").prefix(1)
    return folders.map { "\($0)/nudged.yaml" } + ["nudged.yaml"]
  }
}
