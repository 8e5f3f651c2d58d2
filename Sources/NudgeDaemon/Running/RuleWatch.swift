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
    var loaded = assembly.daemon.watched
    // What was edited while the daemon started is a change too.
    await load(after: &loaded, watch)
    for await _ in watch.changes { await load(after: &loaded, watch) }
  }

  /// Loads what stands in the files once they are left alone, unless it is what was loaded before.
  private func load(after loaded: inout WatchedFiles, _ watch: FolderWatch) async {
    guard let settled = await settled() else { return }
    start(watch)
    if settled == loaded { return }
    loaded = settled
    assembly.logger.info("rule files changed", [.path: "\(settings.rules)"])
    _ = await assembly.reload()
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

  /// Watches the trees that a load reads, and the folders in which they and the settings may be replaced.
  private func start(_ watch: FolderWatch) {
    let trees = [settings.rules, settings.templates].compactMap(\.self)
    let parents = (trees + [settings.file].compactMap(\.self)).map { path in
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

  /// The files that a load under these settings reads.
  init(_ settings: Settings) {
    let rules = (try? RuleFolder.load(settings.rules).map(\.path)) ?? []
    let templates = settings.templates.flatMap { try? RuleFolder.loadTemplates($0).map(\.path) }
    let paths = rules + (templates ?? []) + [settings.file].compactMap(\.self)
    digests = Dictionary(
      paths.map { path in
        (path, FileManager.default.contents(atPath: path).map { Digest.sha256(Array($0)) } ?? [])
      }
    ) { first, _ in first }
  }
}
