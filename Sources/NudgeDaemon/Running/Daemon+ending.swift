import NudgeDelivery
import NudgeStore

extension Daemon {
  /// Notes the end, and closes the database.
  func stop() throws {
    // Without room for the note the next start takes this for a crash, and finds everything that was answered.
    do { try store.noteStop("") } catch Store.Failure.full {}
    do { try store.close() } catch Store.Failure.full {}
  }

  /// What ends the daemon, with the exit status that belongs to it.
  static func failure(for error: any Error) -> any Error {
    switch error {
    case Store.Failure.full(let text):
      DaemonFailure(
        .inputOutput,
        """
        no room on the disk of the database: \(text)
          what was answered is kept; start it again once there is room
        """
      )
    case Store.Failure.busy(let text): DaemonFailure(.tryAgain, text)
    case Store.Failure.broken(let text), Store.Failure.database(let text):
      DaemonFailure(
        .inputOutput,
        """
        the database cannot be relied on: \(text)
          what was answered is on disk; the next start goes on from there. `nudged db check` looks it through
        """
      )
    case let failure as FileOutbox.Failure:
      DaemonFailure(.inputOutput, "an outbox file cannot be used: \(failure)")
    default: error
    }
  }
}
