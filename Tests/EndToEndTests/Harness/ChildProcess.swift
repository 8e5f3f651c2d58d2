import Foundation
import Glibc

/// A process that a test has started; killed with the last reference to it.
///
/// A class, since it owns a process, which the system gives once.
final class ChildProcess {
  /// How a process ended.
  enum Ending: Hashable {
    case exited(Int32)
    case killed(by: Int32)
  }

  /// What the system says when it starts nothing.
  struct Failure: Error {
    let executable: String
    let errno: Int32
  }

  let id: pid_t
  private var ended: Ending?

  /// Starts a program in a folder, what it writes going to two files.
  init(
    _ executable: String,
    _ arguments: [String],
    in folder: String,
    output: String,
    errors: String
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o600)
    // The shell becomes the program: posix_spawn alone changes no folder, Glibc hides its way to.
    let shell = ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, folder, executable]
    var words = (shell + arguments).map { strdup($0) } + [nil]
    var environment = ChildProcess.environment.map { strdup($0) } + [nil]
    defer { for text in words + environment { free(text) } }
    var attributes = ChildProcess.attributes()
    defer { posix_spawnattr_destroy(&attributes) }
    var id: pid_t = 0
    let result = posix_spawn(&id, shell[0], &actions, &attributes, &words, &environment)
    guard result == 0 else { throw Failure(executable: executable, errno: result) }
    self.id = id
  }

  deinit {
    guard ended == nil else { return }
    Glibc.kill(id, SIGKILL)
    waitpid(id, nil, 0)
  }

  /// No signal is blocked: threads of tests block some, which their children would inherit.
  private static func attributes() -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var blocked = sigset_t()
    sigemptyset(&blocked)
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    return attributes
  }

  /// Nothing of a service manager that may run the tests, and the same language everywhere.
  private static var environment: [String] {
    let own = ProcessInfo.processInfo.environment
    let kept = ["PATH", "LD_LIBRARY_PATH"].compactMap { name in own[name].map { "\(name)=\($0)" } }
    return kept + ["LANG=C.UTF-8"]
  }

  /// Sends a signal, unless the process has been seen to end.
  func send(_ signal: Int32) {
    guard ended == nil else { return }
    Glibc.kill(id, signal)
  }

  /// How the process ended; `nil` while it runs.
  var ending: Ending? {
    if let ended { return ended }
    var status: Int32 = 0
    guard waitpid(id, &status, WNOHANG) == id else { return nil }
    // wait(2): the low seven bits are the signal, the next byte the exit status.
    let signal = status & 0x7F
    ended = signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(by: signal)
    return ended
  }

  /// Waits for the end.
  func wait(within limit: Duration) throws -> Ending {
    try eventually("end of process \(id)", within: limit) { ending }
  }
}
