import NudgeCore
import NudgeDaemon
import NudgeRules

/// The YAML blocks of pages of Markdown, each checked as a whole file of its own.
struct MarkdownCheck {
  /// What decides for the rules of the pages; `nil`: no settings.
  let settings: SourceFile?
  let zones: ZoneTable
  let today: LocalDate

  /// What is wrong with the blocks of these pages; of campaign tests, how they are written, not what comes of them.
  ///
  /// - Throws: ``Failure`` when a page cannot be read, or none of them has a block.
  func report(of paths: [String]) throws(Failure) -> CheckReport {
    let pages = try paths.map(page)
    let blocks = pages.flatMap(MarkdownBlock.blocks)
    guard !blocks.isEmpty else {
      throw Failure(
        "there is no block of YAML in \(paths.joined(separator: ", "))\n  such a block begins with the line ```yaml",
        .noSuchFile
      )
    }
    let tests = blocks.filter { $0.format == .campaignTest }
    let read = try blocks.filter { $0.format != .campaignTest }.map(configuration)
    return CheckReport(
      read.flatMap(\.diagnostics) + tests.flatMap(diagnostics(ofTest:)),
      files: pages,
      campaigns: read.reduce(0) { $0 + $1.summary.campaigns },
      models: read.reduce(0) { $0 + $1.summary.models },
      read: pages.count
    )
  }

  private func diagnostics(ofTest block: MarkdownBlock) -> [Diagnostic] {
    let collector = DiagnosticCollector()
    _ = CampaignTestReader(zones: zones, collector: collector).read(block.file)
    return collector.diagnostics
  }

  private func page(_ path: String) throws(Failure) -> SourceFile {
    guard InputFile.kind(of: path) == .file else {
      throw Failure("there is no file \(path)", .noSuchFile)
    }
    return try InputFile.source(path)
  }

  private func configuration(_ block: MarkdownBlock) throws(Failure) -> Configuration {
    let isSettings = block.format == .settings
    return try InputFile.explained {
      try Configuration.read(
        settings: isSettings ? block.file : settings,
        rules: isSettings ? [] : [block.file],
        readsTemplates: false,
        zones: zones,
        today: today
      )
    }
  }
}
