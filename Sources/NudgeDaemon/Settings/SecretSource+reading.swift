import Foundation
import NudgeRules

extension SecretSource {
  /// Why a secret could not be had.
  enum Failure: Error, Hashable, Sendable {
    case missing(path: String)
    /// Others than its owner may read it.
    case readableByOthers(path: String, mode: String)
    case noCredentials(name: String)
    case unreadable(path: String)
  }

  /// The source that `credential:NAME` or `file:PATH` names; paths are relative to a folder.
  init?(_ text: String, in folder: String) {
    if text.hasPrefix("credential:") {
      self = .credential(String(text.dropFirst("credential:".count)))
    } else if text.hasPrefix("file:") {
      self = .file(String(text.dropFirst("file:".count)).resolved(in: folder))
    } else {
      return nil
    }
  }

  /// The secret as text.
  func read(environment: [String: String]) throws(Failure) -> String {
    let path = try path(environment: environment)
    guard let status = FileStatus(path: path) else { throw .missing(path: path) }
    if case .file = self, status.permissions & 0o077 != 0 {
      throw .readableByOthers(path: path, mode: String(status.permissions & 0o777, radix: 8))
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path)
    }
    return String(decoding: data, as: UTF8.self)
  }

  private func path(environment: [String: String]) throws(Failure) -> String {
    switch self {
    case .file(let path): return path
    case .credential(let name):
      guard let folder = environment["CREDENTIALS_DIRECTORY"] else {
        throw .noCredentials(name: name)
      }
      return "\(folder)/\(name)"
    }
  }
}

extension SecretSource.Failure: CustomStringConvertible {
  var description: String {
    switch self {
    case .missing(let path): "there is no secret at \(path)"
    case .unreadable(let path): "the secret at \(path) cannot be read"
    case .readableByOthers(let path, let mode):
      "\(path) can be read by others than its owner (mode \(mode)); run `chmod 600 \(path)`"
    case .noCredentials(let name):
      "credential:\(name) needs $CREDENTIALS_DIRECTORY, which systemd sets for LoadCredential=; outside of systemd write file:PATH"
    }
  }
}

extension String {
  /// The path, relative to a folder unless it is absolute.
  func resolved(in folder: String) -> String {
    hasPrefix("/") || folder == "." ? self : "\(folder)/\(self)"
  }
}
