import Glibc

/// How a log line is written.
public enum LogFormat: String, Hashable, Sendable, CaseIterable {
  /// For people: time, level, sentence, facts.
  case text
  /// `key=value` throughout.
  case logfmt
  /// One JSON object a line.
  case json
  /// For the journal: its fields over its socket; where that is closed, `<PRIORITY>` and no time (sd-daemon(3)).
  case journal
}

/// A format, and whether it may use colour.
public struct LogStyle: Hashable, Sendable {
  /// How lines are written.
  public let format: LogFormat
  /// Only text is coloured.
  public let isColoured: Bool

  /// A style of these parts.
  public init(_ format: LogFormat, isColoured: Bool = false) {
    self.format = format
    self.isColoured = isColoured
  }

  /// The style that fits an output.
  ///
  /// Without a choice it is the journal's where the journal reads, and text elsewhere. Text is coloured on a
  /// terminal that can, unless `NO_COLOR` forbids it (no-color.org).
  ///
  /// - Parameters:
  ///   - descriptor: Where the lines go, standard error as a rule.
  ///   - choice: The format of `--log-format`; `nil` when it is left to us.
  ///   - allowsColour: Whether `--color` lets us.
  ///   - environment: Of it, `JOURNAL_STREAM`, `NO_COLOR` and `TERM` are read.
  public init(
    fitting descriptor: Int32 = 2,
    choice: LogFormat? = nil,
    allowsColour: Bool = true,
    environment: [String: String]
  ) {
    let isJournal = LogStyle.isJournal(descriptor, environment["JOURNAL_STREAM"])
    format = choice ?? (isJournal ? .journal : .text)
    let isPlain = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
    isColoured = format == .text && allowsColour && !isPlain && isatty(descriptor) == 1
  }

  /// Whether `DEVICE:INODE` names the file behind a descriptor (systemd.exec(5), `$JOURNAL_STREAM`).
  private static func isJournal(_ descriptor: Int32, _ stream: String?) -> Bool {
    guard let stream, let status = FileStatus(descriptor: descriptor) else { return false }
    return stream == "\(status.device):\(status.inode)"
  }
}
