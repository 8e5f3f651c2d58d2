import Logging
import NudgeCore
import NudgeDelivery
import NudgeStore

extension Daemon {
  /// A database that was put back from a copy goes on with the outbox files as they stand.
  func goOnFromCopy(_ outboxes: Outboxes, at now: Timestamp) throws {
    guard try store.isCopy() else { return }
    var files: [String: (state: FileState, ids: [String])] = [:]
    for (channel, state) in try store.fileStates() {
      guard let outbox = try outboxes.file(named: channel) else { continue }
      // One that is not what the database says is set aside as ever, once something is written.
      guard let surplus = try outbox.surplus(since: state) else { continue }
      files[channel] = (surplus.state, surplus.ids)
      logger.info(
        "database was restored, its outbox file goes on",
        [.channel: "\(channel)", .count: "\(surplus.ids.count)"]
      )
    }
    try store.goOn(from: files, at: now)
  }
}

extension Outboxes {
  /// The file outbox of a channel; `nil` when the channel leads elsewhere.
  func file(named channel: String) throws(DaemonFailure) -> FileOutbox? {
    let path: String
    switch settings.outboxes[channel] {
    case .file(let given, _): path = given
    case .webhook, .inbox: return nil
    case nil:
      guard let folder = settings.outboxFolder else { return nil }
      path = "\(folder)/\(channel).jsonl"
    }
    do { return FileOutbox(try FilePath(path)) } catch {
      throw DaemonFailure(.invalid, "channel `\(channel)`: \(path) cannot be an outbox")
    }
  }
}
