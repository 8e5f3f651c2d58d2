import Glibc
import Logging
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeDaemon

private let noon = Timestamp(millisecondsSinceEpoch: 1_773_057_600_000)

/// The same event in each style.
private let lines: [(LogStyle, String)] = [
  (
    LogStyle(.text),
    """
    2026-03-09T12:00:00.000Z info    rules loaded path="my rules" rule_set=9b3e zoo="[\\"1\\", \\"2\\"]"

    """
  ),
  (
    LogStyle(.text, isColoured: true),
    """
    \u{1B}[2m2026-03-09T12:00:00.000Z\u{1B}[0m \u{1B}[32minfo   \u{1B}[0m rules loaded \
    \u{1B}[2mpath=\u{1B}[0m"my rules" \u{1B}[2mrule_set=\u{1B}[0m9b3e \
    \u{1B}[2mzoo=\u{1B}[0m"[\\"1\\", \\"2\\"]"

    """
  ),
  (
    LogStyle(.logfmt),
    """
    time=2026-03-09T12:00:00.000Z level=info logger=nudged message="rules loaded" \
    path="my rules" rule_set=9b3e zoo="[\\"1\\", \\"2\\"]"

    """
  ),
  (
    LogStyle(.json),
    """
    {"time":"2026-03-09T12:00:00.000Z","level":"info","logger":"nudged",\
    "message":"rules loaded","path":"my rules","rule_set":"9b3e","zoo":["1","2"]}

    """
  ),
  (
    LogStyle(.journal),
    """
    <6>rules loaded path="my rules" rule_set=9b3e zoo="[\\"1\\", \\"2\\"]"

    """
  ),
]

struct `A log line` {
  @Test(arguments: lines)
  func `reads so in each format`(style: LogStyle, text: String) throws {
    let output = try Output()
    var logger = output.logger(style)
    logger[metadataKey: "zoo"] = ["1", "2"]
    logger.info("rules loaded", [.ruleSet: "9b3e", .path: "my rules"])
    #expect(output.lines == [text])
  }

  @Test(arguments: LogFormat.allCases)
  func `stays one line whatever it tells`(format: LogFormat) throws {
    let output = try Output()
    let nasty = "two\nlines\r\t\"quoted\" \u{1B}[2J\u{2028}\\"
    output.logger(LogStyle(format)).error(
      "\(nasty)",
      metadata: ["k\ne=y": "\(nasty)", "d": ["\(nasty)": ["\(nasty)"]]]
    )
    let line = try #require(output.lines.first)
    #expect(line.count { $0.isNewline } == 1 && line.hasSuffix("\n"))
    #expect(!line.contains("\u{1B}"))
  }

  @Test func `is cut where a value has no end`() throws {
    let output = try Output()
    let answer = String(repeating: "x", count: 99_999)
    output.logger(LogStyle(.logfmt)).info("delivery failed", [.answer: "\(answer)"])
    #expect(try #require(output.lines.first).utf8.count < 4500)
  }

  @Test func `keeps its own time when a library says time`() throws {
    let output = try Output()
    output.logger(LogStyle(.json)).info("tick", metadata: ["time": "never"])
    #expect(try #require(output.lines.first).contains(#""message":"tick","time_":"never"}"#))
  }

  @Test func `shows the facts of a fault before those of the logger`() throws {
    let output = try Output()
    var logger = output.logger(LogStyle(.journal))
    logger[metadataKey: "channel"] = "email"
    logger.warning("delivery failed", [.channel: "cs-task", .error: "reset"])
    #expect(output.lines == ["<4>delivery failed channel=cs-task error=reset\n"])
  }

  @Test func `is not written below the level`() throws {
    let output = try Output()
    let logger = output.logger(LogStyle(.text))
    logger.debug("event taken", [.events: "1"])
    #expect(output.lines == [])
  }

  @Test(arguments: zip(Logger.Level.allCases, [7, 7, 6, 5, 4, 3, 2]))
  func `has the priority of syslog`(level: Logger.Level, priority: Int) throws {
    let output = try Output()
    output.logger(LogStyle(.journal), level: .trace).log(level: level, "said")
    #expect(output.lines == ["<\(priority)>said\n"])
  }
}

struct `The style of the log` {
  @Test func `has colour on a terminal that wants it`() throws {
    let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(terminal >= 0)
    defer { close(terminal) }
    let cases: [([String: String], LogFormat?, Bool, LogStyle)] = [
      ([:], nil, true, LogStyle(.text, isColoured: true)),
      (["NO_COLOR": ""], nil, true, LogStyle(.text, isColoured: true)),
      (["NO_COLOR": "1"], nil, true, LogStyle(.text)),
      (["TERM": "dumb"], nil, true, LogStyle(.text)),
      ([:], nil, false, LogStyle(.text)),
      ([:], .json, true, LogStyle(.json)),
    ]
    for (environment, choice, allowsColour, style) in cases {
      let fitting = LogStyle(
        fitting: terminal,
        choice: choice,
        allowsColour: allowsColour,
        environment: environment
      )
      #expect(fitting == style)
    }
  }

  @Test func `is the journal's where the journal reads`() throws {
    let output = try Output()
    let status = try #require(FileStatus(descriptor: output.writer))
    let stream = "\(status.device):\(status.inode)"
    let cases: [(String?, LogFormat?, LogFormat)] = [
      (stream, nil, .journal), (stream, .logfmt, .logfmt), ("8:1", nil, .text), (nil, nil, .text),
    ]
    for (stream, choice, format) in cases {
      let environment = stream.map { ["JOURNAL_STREAM": $0] } ?? [:]
      let style = LogStyle(fitting: output.writer, choice: choice, environment: environment)
      #expect(style == LogStyle(format))
    }
  }
}

/// Two ends of a datagram socket: what one write(2) writes is read as one.
private final class Output: Sendable {
  let writer: CInt
  private let reader: CInt

  init() throws {
    var ends: [CInt] = [0, 0]
    let kind = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue)
    try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
    writer = ends[0]
    reader = ends[1]
  }

  deinit {
    close(writer)
    close(reader)
  }

  func logger(_ style: LogStyle, level: Logger.Level = .info) -> Logger {
    Logger(label: "nudged") { [writer] label in
      LineLogHandler(
        label: label,
        level: level,
        style: style,
        clock: StoppedClock(),
        descriptor: writer
      )
    }
  }

  /// Every write until now.
  var lines: [String] {
    var lines: [String] = []
    var bytes = [UInt8](repeating: 0, count: 65_536)
    while case let count = recv(reader, &bytes, bytes.count, 0), count > 0 {
      lines.append(String(decoding: bytes[..<count], as: UTF8.self))
    }
    return lines
  }
}

private struct StoppedClock: WallClock {
  var now: Timestamp { noon }
  func sleep(until instant: Timestamp) async throws {}
}
