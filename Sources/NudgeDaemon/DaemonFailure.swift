/// Why the daemon, or a command that stands in for it, cannot do its work.
public struct DaemonFailure: Error, Hashable, Sendable {
  /// What the process ends with.
  public let status: ExitStatus
  /// What to tell whoever started it: where, what, and what would be right.
  public let message: String

  /// A failure of this kind.
  public init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}
