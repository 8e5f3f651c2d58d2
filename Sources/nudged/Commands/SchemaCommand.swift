import ArgumentParser
import NudgeRules

/// `nudged schema`.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of a format.",
    discussion: """
      Editors with the YAML language server complete keys, show what they mean and mark mistakes \
      when the first line of a file names the schema:

        nudged schema rules > schema/rules.json
        # yaml-language-server: $schema=../schema/rules.json
      """
  )

  /// The formats that have a schema.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case rules
    case test
    case config

    var schema: JSONSchema {
      switch self {
      case .rules: .rules
      case .test: .test
      case .config: .config
      }
    }
  }

  @Argument(help: "rules: rule files; test: campaign tests; config: nudged.yaml.")
  var format: Format

  func run() throws {
    let answer = Answer()
    try answer.text(format.schema.text)
    try answer.finish()
  }
}
