import Foundation
import Logging
import NudgeCore
import NudgeRules
import NudgeStore
import NudgeZones

/// What a start needs, and what it says when that is not to be had.
extension Daemon {
  static func loadZones() throws(DaemonFailure) -> ZoneTable {
    do { return try SystemZones.load() } catch {
      throw DaemonFailure(
        .noSuchFile,
        "the system's time zones cannot be read (\(error)); install the package tzdata"
      )
    }
  }

  static func read(
    _ options: Options,
    _ zones: ZoneTable
  ) throws(DaemonFailure)
    -> Configuration
  {
    let path = Configuration.settingsPath(
      given: options.settingsPath,
      environment: options.environment
    )
    if path == nil, let folder = options.environment["CONFIGURATION_DIRECTORY"], !folder.isEmpty {
      throw DaemonFailure(
        .invalid,
        "\(folder)/nudged.yaml: there is no such file, and a service does not run without settings"
      )
    }
    do {
      return try Configuration.read(
        settingsPath: path,
        zones: zones,
        today: Zone.utc.date(at: options.clock.now)
      )
    } catch let refusal as RuleFolder.Refusal {
      throw DaemonFailure(.invalid, refusal.description)
    } catch {
      throw DaemonFailure(.noSuchFile, error.localizedDescription)
    }
  }

  static func takeLock(_ path: String) throws(DaemonFailure) -> DirectoryLock {
    makeFolder(of: path)
    do { return try DirectoryLock(path) } catch {
      switch error {
      case .held(let owner):
        let process = owner.map { " by process \($0)" } ?? ""
        throw DaemonFailure(.tryAgain, "\(path) is in use\(process); only one nudged may write it")
      case .system: throw DaemonFailure(.inputOutput, "\(error)")
      }
    }
  }

  static func makeFolder(of path: String) {
    let folder = (path as NSString).deletingLastPathComponent
    if folder.isEmpty { return }
    try? FileManager.default.createDirectory(
      atPath: folder,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o750]
    )
  }

  static func open(
    _ path: String,
    _ logger: Logger
  ) throws(DaemonFailure) -> Store {
    do {
      return try Store(path: path) { copy in
        guard copy.done == copy.total else { return }
        logger.info("database copied before its migration", [.path: "\(path)"])
      }
    } catch let Store.Failure.newerSchema(found, known) {
      throw DaemonFailure(
        .invalid,
        "\(path) was written by a newer nudged (schema \(found), this one knows \(known)); nothing was touched"
      )
    } catch let Store.Failure.busy(text) {
      throw DaemonFailure(.tryAgain, text)
    } catch let Store.Failure.broken(text), let Store.Failure.full(text),
      let Store.Failure.database(text)
    {
      throw DaemonFailure(.inputOutput, text)
    } catch {
      throw DaemonFailure(.inputOutput, "\(path): \(error)")
    }
  }
}
