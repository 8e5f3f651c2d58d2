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
      guard let outbox = try outboxes.file(named: channel)?.outbox else { continue }
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
