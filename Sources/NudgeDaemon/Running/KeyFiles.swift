import Foundation
public import NudgeWeb

/// The key files of the API.
struct KeyFiles {
  let settings: Settings
  let environment: [String: String]

  /// Makes an ingest and an admin key where there is no settings file and no key yet; gives the files made.
  func makeMissing() throws -> [String] {
    guard settings.file == nil else { return [] }
    var made: [String] = []
    for (source, kind) in [
      (settings.keys.ingest, KeyRing.Kind.ingest), (settings.keys.admin, .admin),
    ] {
      guard case .file(let path) = source, !FileManager.default.fileExists(atPath: path) else {
        continue
      }
      try make(path, kind)
      made.append(path)
    }
    return made
  }

  private func make(_ path: String, _ kind: KeyRing.Kind) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw DaemonFailure(.inputOutput, "\(path): \(String(cString: strerror(errno)))")
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try file.write(contentsOf: Data((KeyRing.newKey(kind) + "\n").utf8))
    try file.synchronize()
  }

  /// The keys of all files.
  ///
  /// - Throws: ``DaemonFailure`` for a file that cannot be used.
  func ring() throws -> KeyRing {
    do {
      return try KeyRing(
        ingest: text(settings.keys.ingest, .ingest),
        admin: text(settings.keys.admin, .admin),
        inbox: text(settings.keys.inbox, .inbox)
      )
    } catch let error as KeyRing.Invalid {
      throw DaemonFailure(.invalid, "a key file: \(error)")
    }
  }

  private func text(_ source: SecretSource?, _ kind: KeyRing.Kind) throws(DaemonFailure) -> String {
    guard let source else { return "" }
    do { return try source.read(environment: environment) } catch {
      let advice =
        if case .missing(let path) = error {
          "\n  make one with: (umask 077; nudged keys new \(kind.rawValue) > \(path))"
        } else {
          ""
        }
      throw DaemonFailure(.invalid, "a key file: \(error)\(advice)")
    }
  }
}

extension KeyRing {
  /// A new key of 192 random bits.
  public static func newKey(_ kind: Kind) -> String {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<24).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return makeKey(kind, random: bytes)
  }
}
