import Foundation
import Logging
import NudgeCore
import NudgeRules
import ServiceLifecycle

/// Loads the rules when their files change and are then left alone: `watch: true`.
///
/// A checkout writes file by file, and an editor may write twice. So a change is followed by a quiet time, a check, and
/// another quiet time in which nothing may have changed; while git holds `.git/index.lock` it is busy.
struct RuleWatch: Service {
  let assembly: Assembly

  func run() async throws {
    let watch: FolderWatch
    do { watch = try FolderWatch() } catch {
      assembly.logger.error(
        "files cannot be watched, rules are loaded when you say so",
        [.error: "\(String(cString: strerror(error.errno)))"]
      )
      return try await gracefulShutdown()
    }
    await cancelWhenGracefulShutdown { await follow(watch) }
  }

  private func follow(_ watch: FolderWatch) async {
    await assembly.readiness.wait()
    start(watch)
    var loaded = WatchedFiles(assembly.daemon.configuration.files)
    // What was edited while the daemon started is a change too.
    await load(after: &loaded, watch)
    for await _ in watch.changes { await load(after: &loaded, watch) }
  }

  /// Loads what stands in the files once they are left alone, unless it is what was loaded before.
  private func load(after loaded: inout WatchedFiles, _ watch: FolderWatch) async {
    while let settled = await settled() {
      start(watch)
      if settled == loaded { return }
      assembly.logger.info("rule files changed", [.path: "\(settings.rules)"])
      guard case .refused(.underWay) = await assembly.reload() else {
        loaded = settled
        return
      }
      // What is on its way may have been read before the edit.
      assembly.logger.info("another load is under way, the files are looked at again after it")
      await assembly.loop.deploymentEnd()
    }
  }

  /// The files once they have stood still for two quiet times and no git is at work; `nil` at the end.
  private func settled() async -> WatchedFiles? {
    var last: WatchedFiles?
    while true {
      // Cancelled at the end.
      guard (try? await Task.sleep(for: Limits.quietTime)) != nil else { return nil }
      let now = WatchedFiles(settings)
      if now == last, !isGitBusy { return now }
      last = isGitBusy ? nil : now
    }
  }

  private var settings: Settings { assembly.daemon.settings }

  /// Watches the trees that a load reads, and the folders in which they, the settings and the bodies of channels may be
  /// replaced.
  private func start(_ watch: FolderWatch) {
    let trees = [settings.rules, settings.templates].compactMap(\.self)
    let files = [settings.file].compactMap(\.self) + settings.bodyPaths
    let parents = Set(trees + files).map { path in
      let parent = (path as NSString).deletingLastPathComponent
      return parent.isEmpty ? "." : parent
    }
    watch.watch(folders: parents, trees: trees)
  }

  private var isGitBusy: Bool {
    guard let git = GitCommit.folder(above: settings.rules) else { return false }
    return FileManager.default.fileExists(atPath: git + "/index.lock")
  }
}

/// Files as they are at a moment: their digests, so that a time stamp alone is no change.
struct WatchedFiles: Hashable {
  private let digests: [String: [UInt8]]

  /// Files as they were read.
  init(_ files: [SourceFile]) {
    digests = Dictionary(files.map { ($0.path, Digest.sha256($0.bytes)) }) { first, _ in first }
  }

  /// The files that a load under these settings reads, as they are on the disk now.
  init(_ settings: Settings) {
    let rules = (try? RuleFolder.load(settings.rules)) ?? []
    let templates = settings.templates.flatMap { try? RuleFolder.loadTemplates($0) } ?? []
    let others = ([settings.file].compactMap(\.self) + settings.bodyPaths).compactMap { path in
      FileManager.default.contents(atPath: path).map { SourceFile(path: path, bytes: Array($0)) }
    }
    self.init(rules + templates + others)
  }
}

extension Settings {
  /// The files that channels take their bodies from, as the settings file says now; none while it cannot be read.
  fileprivate var bodyPaths: [String] {
    guard let file, let bytes = FileManager.default.contents(atPath: file) else { return [] }
    let collector = DiagnosticCollector()
    let text = SourceFile(path: file, bytes: Array(bytes))
    guard let node = YAMLReader.read(text, into: collector) else { return [] }
    return ChannelFormsReader(collector: collector, folder: Configuration.folder(of: file))
      .paths(of: node)
  }
}
