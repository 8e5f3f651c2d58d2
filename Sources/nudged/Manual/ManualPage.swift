import ArgumentParser
import Foundation
import NudgeCore
import NudgeDaemon
import NudgeRules

/// The manual pages, each made of what the program, its readers and `docs/` say already.
enum ManualPage: String, CaseIterable, ExpressibleByArgument {
  case command = "nudged.1"
  case service = "nudged.8"
  case rules = "nudged-rules.5"
  case settings = "nudged.yaml.5"

  /// The page in roff; with the folder of the documents, all that they say is part of it.
  func text(documents: String?) throws(Failure) -> String {
    switch self {
    case .command: return command
    case .service: return try service(documents)
    case .rules: return try rules(documents)
    case .settings: return try settings(documents)
    }
  }

  private func page(_ title: String, _ section: Int, _ about: String) -> Roff {
    Roff(title, section: section, about: about, version: NudgedVersion.text)
  }

  // MARK: Pages

  private var command: String {
    let manual = CommandManual(JSONText(wellFormed: Array(Nudged._dumpHelp().utf8)).value ?? .null)
    var page = page("nudged", 1, "gets new users of a product to its value")
    page.section("Synopsis")
    page.paragraph("`nudged` COMMAND [OPTIONS] [ARGUMENTS]")
    page.section("Description")
    page.paragraph(manual.discussion)
    page.paragraph(
      "`nudged run` is the daemon. The other commands ask it over its control socket, or read files of their own."
    )
    page.section("Commands")
    manual.write(to: &page)
    page.section("Exit status")
    for status in ExitStatus.allCases { page.item("\(status.rawValue)", [status.explanation]) }
    page.section("Environment")
    for (name, meaning) in ManualPage.variables { page.item("`\(name)`", [meaning]) }
    page.section("Files")
    for (path, meaning) in ManualPage.files { page.item("`\(path)`", [meaning]) }
    return seeAlso(&page)
  }

  private func service(_ documents: String?) throws(Failure) -> String {
    var page = page("nudged", 8, "the daemon, and how to run it")
    page.section("Synopsis")
    page.paragraph("`nudged run` [`--config` FILE] [`--log-format` FORM] [`--log-level` LEVEL]")
    page.section("Description")
    page.paragraph(
      "Takes in product events over HTTP, keeps each person's and each account's progress, decides by rule files who gets which message, and hands it to webhooks and files."
    )
    if let documents {
      var manual = MarkdownManual(try ManualPage.read("operations.md", documents))
      manual.write(to: &page)
    }
    return seeAlso(&page)
  }

  private func rules(_ documents: String?) throws(Failure) -> String {
    var page = page("nudged-rules", 5, "rule files of nudged")
    page.section("Description")
    page.paragraph(
      "Rule files are YAML, `*.yaml` below the folder `rules` of the settings. They say what counts as progress, and who gets which message when. `nudged check` finds what is wrong with them."
    )
    page.section("Keys")
    KeyManual.write(KeyManual.rules, to: &page)
    if let documents {
      var manual = MarkdownManual(try ManualPage.read("rules.md", documents))
      manual.write(to: &page)
    }
    return seeAlso(&page)
  }

  private func settings(_ documents: String?) throws(Failure) -> String {
    var page = page("nudged.yaml", 5, "settings of nudged")
    page.section("Description")
    page.paragraph(
      "Addresses, secrets and limits, which operators own. It is found at `--config`, else `$CONFIGURATION_DIRECTORY/nudged.yaml`, else `./nudged.yaml`. Paths are relative to it. `nudged check --config FILE` checks it with the rules."
    )
    page.section("Keys")
    KeyManual.write(KeyManual.settings, to: &page)
    if let documents {
      var manual = MarkdownManual(
        try ManualPage.read("operations.md", documents),
        sections: ["Settings"]
      )
      manual.write(to: &page)
    }
    return seeAlso(&page)
  }

  private func seeAlso(_ page: inout Roff) -> String {
    page.section("See also")
    let others = ManualPage.allCases.filter { $0 != self }.map { page in
      let parts = page.rawValue.split(separator: ".")
      return "`\(parts.dropLast().joined(separator: "."))`(\(parts.last ?? ""))"
    }
    page.paragraph(others.joined(separator: ", "))
    return page.text
  }

  // MARK: Parts

  private static func read(_ name: String, _ folder: String) throws(Failure) -> String {
    let path = "\(folder)/\(name)"
    guard InputFile.kind(of: path) == .file else {
      throw Failure("there is no file \(path)", .noSuchFile)
    }
    return String(decoding: try InputFile.source(path).bytes, as: UTF8.self)
  }

  private static let variables = [
    ("CONFIGURATION_DIRECTORY", "Where `nudged.yaml` is looked for first."),
    ("CREDENTIALS_DIRECTORY", "Where `credential:NAME` of the settings is read."),
    ("NOTIFY_SOCKET, WATCHDOG_USEC", "How systemd is told of readiness, reloads and life."),
    ("JOURNAL_STREAM", "Where it names standard error, logs go to the journal with all fields."),
    ("NO_COLOR, TERM", "Set, or `dumb`: no colours."),
    ("LC_ALL, LC_CTYPE, LANG", "Without UTF-8, words stand for signs."),
  ]

  private static let files = [
    ("/etc/nudged/nudged.yaml", "The settings; see nudged.yaml(5)."),
    ("/etc/nudged/rules", "The rule files; see nudged-rules(5)."),
    ("/etc/nudged/credentials", "Keys and secrets, which systemd hands to the service."),
    ("/var/lib/nudged/nudged.db", "The state."),
    ("/run/nudged/control.sock", "The socket of the commands."),
    ("/usr/share/zoneinfo", "The time zones."),
  ]
}
