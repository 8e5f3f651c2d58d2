import ArgumentParser
import Foundation
import NudgeClient
import NudgeCore
import NudgeDaemon
import NudgeZones

/// Where a command finds the daemon that runs.
struct ControlOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The settings file. (default: as `nudged run` finds it)", valueName: "file")
  )
  var config: String?

  @Option(
    help: ArgumentHelp("The daemon's control socket. (default: the settings')", valueName: "path")
  )
  var control: String?

  /// Asks the daemon; so often, with a second between, while it has too much to do or is busy with what is asked about.
  ///
  /// - Throws: ``Failure`` when it cannot be reached or refuses.
  func ask(
    _ method: String,
    _ target: String,
    body: [UInt8] = [],
    within deadline: Duration = .seconds(60),
    attempts: Int = 1
  ) async throws -> JSONValue {
    let answer = try await send(
      method,
      target,
      body: body,
      within: deadline,
      attempts: attempts
    )
    let value = JSONText(wellFormed: answer.body).value ?? .null
    guard (200..<300).contains(answer.status) else { throw refusal(answer.status, value) }
    return value
  }

  /// Asks the daemon, and hands on whatever it answers.
  ///
  /// - Throws: ``Failure`` when it cannot be reached.
  func send(
    _ method: String,
    _ target: String,
    body: [UInt8] = [],
    within deadline: Duration = .seconds(60),
    attempts: Int = 1
  ) async throws -> IncomingAnswer {
    let path = try socketPath()
    if access(path, R_OK | W_OK) != 0, errno == EACCES {
      throw Failure(
        "\(path): not permitted; root and the group of the daemon's user may talk to it",
        .permission
      )
    }
    let client = ControlClient(socketPath: path, deadline: deadline)
    do {
      var answer = try await client.send(method: method, target: target, body: body)
      for _ in 1..<attempts where answer.isWorthAnotherTry {
        // What `Retry-After` says whenever the queue is full (`IngestQueue`).
        try await Task.sleep(for: .seconds(1))
        answer = try await client.send(method: method, target: target, body: body)
      }
      return answer
    } catch let error as ExchangeFailure {
      throw Failure(
        "the daemon cannot be reached at \(path): \(error.text)\n  is `nudged run` running here? another socket is named with --control",
        .unreachable
      )
    }
  }

  private func refusal(_ status: Int, _ value: JSONValue) -> Failure {
    let message = value["message"]?.text ?? "the daemon answers \(status)"
    switch status {
    case 400: return Failure(message, .usage)
    case 404, 409: return Failure(message, .bad)
    case 412: return Failure(message, .bad)
    case 422: return Failure(message, .invalid)
    case 429, 503, 507: return Failure(message, .tryAgain)
    default: return Failure(message, .bug)
    }
  }

  /// The socket of a daemon that runs in this folder, else that of the system's.
  private static var socketWithoutSettings: String {
    let files = FileManager.default
    // Who may not look into the folder is to hear that, not that there is no daemon.
    return !files.fileExists(atPath: "control.sock") && files.fileExists(atPath: "/run/nudged")
      ? "/run/nudged/control.sock" : "control.sock"
  }

  /// Where the socket is.
  func socketPath() throws -> String {
    if let control { return control }
    let environment = ProcessInfo.processInfo.environment
    guard let path = Configuration.settingsPath(given: config, environment: environment) else {
      return ControlOptions.socketWithoutSettings
    }
    let zones = try SystemZones.load()
    let configuration = try Configuration.read(
      settingsPath: path,
      zones: zones,
      today: Zone.utc.date(at: SystemClock().now)
    )
    guard let settings = configuration.settings else {
      throw Failure(configuration.report, .invalid)
    }
    return settings.control
  }
}

extension IncomingAnswer {
  /// Whether the same question may have another answer in a second.
  fileprivate var isWorthAnotherTry: Bool {
    guard status == 503 else { return status == 429 }
    return JSONText(wellFormed: body).value?["code"]?.text == "busy"
  }
}

extension OutputOptions {
  /// What the daemon is to know of this terminal, as a query.
  var query: String {
    "symbols=\(answer.isUnicode ? "unicode" : "ascii")&color=\(answer.hasColor ? 1 : 0)\(utc ? "&utc=1" : "")"
  }
}

/// The forms of an answer that programs read too.
enum AnswerFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case json
}

extension String {
  /// The text as one segment of a path (RFC 3986, section 2.1).
  var asPathSegment: String {
    utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    .joined()
  }
}
