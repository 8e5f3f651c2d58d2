import ArgumentParser
import Foundation
import NudgeCore
import NudgeDaemon
import NudgeWire

/// `nudged ingest`.
struct IngestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Load files of events into the running daemon.",
    discussion: """
      JSON lines in the Segment form, plain or gzip. An interrupted load goes on where it stopped; \
      a line that cannot be taken is kept with its reason. An event that is known already changes \
      nothing.
      """
  )

  @Argument(help: "Files of JSON lines.")
  var files: [String]

  @Flag(help: "Begin at the first line, also of a file that was loaded before.")
  var again = false

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    var rejected = 0
    for file in files { rejected += try await ingest(file) }
    if rejected > 0 { throw ExitStatus.badData.exit }
  }

  private func ingest(_ file: String) async throws -> Int {
    let digest = try FileDigest.text(of: file)
    let known = try await control.ask("GET", "/v1/events/lines?file=\(digest)")
    let done = again ? 0 : whole(known, "lines")
    if done > 0 { output.note("\(file): going on after line \(done.grouped)") }
    var load = Load(file: file, digest: digest, done: done)
    var progress = ProgressBar("Loading \(file)", total: nil, output: output)
    do {
      var source = try LineSource(path: file)
      while let line = try source.next() {
        guard line.number > done else { continue }
        if !load.fits(line) { try await send(&load) }
        load.add(line)
        progress.update(line.number)
      }
      try await send(&load)
    } catch let failure as LineSource.Failure {
      throw Failure(failure)
    }
    progress.finish(load.taken + done)
    let answer = Answer()
    try answer.line(
      "\(file): \(load.taken.counted("event")) taken, \(load.rejected.counted("line")) rejected"
    )
    try answer.finish()
    return load.rejected
  }

  private func send(_ load: inout Load) async throws {
    guard !load.body.isEmpty else { return }
    let target =
      "/v1/events/lines?file=\(load.digest)&path=\(load.file.asPathSegment)&from=\(load.first)"
    let result = try await control.ask("POST", target, body: load.body)
    load.taken += whole(result, "taken")
    tell(result, load)
    load.rejected += whole(result, "rejected")
    load.clear()
  }

  /// The first few reasons; the rest is kept by the daemon.
  private func tell(_ result: JSONValue, _ load: Load) {
    guard load.rejected == 0, case .array(let reasons) = result["reasons"] else { return }
    for reason in reasons {
      output.note(
        "\(load.file):\(whole(reason, "line")): \(reason["code"]?.text ?? ""): \(reason["reason"]?.text ?? "")"
      )
    }
  }

  private func whole(_ value: JSONValue, _ key: String) -> Int {
    guard case .number(let number) = value[key] else { return 0 }
    return number.whole ?? 0
  }
}

/// What of a file is to be sent next.
private struct Load {
  let file: String
  let digest: String
  /// The number of the first line in `body`.
  var first: Int
  var body: [UInt8] = []
  private var lines = 0
  var taken = 0
  var rejected = 0

  init(file: String, digest: String, done: Int) {
    self.file = file
    self.digest = digest
    first = done + 1
  }

  /// Half of what the daemon takes in one request, and a transaction's worth of events.
  private static let mostBytes = 4 << 20
  private static let mostLines = 5000

  func fits(_ line: LineSource.Line) -> Bool {
    lines == 0
      || (line.number - first < Load.mostLines
        && body.count + line.bytes.count < Load.mostBytes)
  }

  /// Adds a line; blank ones before it keep their numbers.
  mutating func add(_ line: LineSource.Line) {
    if lines == 0 { first = line.number }
    while first + lines < line.number {
      body.append(UInt8(ascii: "\n"))
      lines += 1
    }
    if !body.isEmpty { body.append(UInt8(ascii: "\n")) }
    body += line.bytes
    lines += 1
  }

  mutating func clear() {
    first += lines
    lines = 0
    body = []
  }
}

/// Names a file by what is in it, so that a renamed one is known and a changed one is not.
private enum FileDigest {
  /// Enough of the beginning to tell files apart.
  private static let readBytes = 1 << 20

  static func text(of path: String) throws -> String {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Failure("there is no file \(path)", .noSuchFile)
    }
    let head = try file.read(upToCount: readBytes) ?? Data()
    let size = try file.seekToEnd()
    return Digest.hexadecimal(Digest.sha256(Array(head) + Array("\(size)".utf8)))
  }
}
