import Foundation
import NudgeClient
import NudgeRules

extension SecretSource {
  /// Why a secret could not be had.
  enum Failure: Error, Hashable, Sendable {
    case missing(path: String)
    /// Others than its owner may read it.
    case readableByOthers(path: String, mode: String)
    case noCredentials(name: String)
    case unreadable(path: String)
    /// What it holds is no line of plain text; as the settings name it, like the next two.
    case noLine(source: String)
    /// What it holds is no http or https URL.
    case noAddress(source: String)
    /// The address that it holds begins with `http://`, which is not allowed.
    case noTLS(source: String)
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

  /// The one line that the secret holds.
  func line(environment: [String: String]) throws(Failure) -> String {
    let line = try read(environment: environment).trimmingCharacters(in: .whitespacesAndNewlines)
    let isPlain = !line.isEmpty && line.utf8.allSatisfy { (0x20..<0x7f).contains($0) }
    guard isPlain else { throw .noLine(source: text) }
    return line
  }

  /// The address that the secret holds; a failure tells nothing of it.
  func url(environment: [String: String], allowsHTTP: Bool) throws(Failure) -> WebURL {
    let line = try line(environment: environment)
    guard let url = try? WebURL(line) else { throw .noAddress(source: text) }
    guard url.scheme == .https || allowsHTTP else { throw .noTLS(source: text) }
    return url
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
    case .noLine(let source): "\(source) holds no line of plain text"
    case .noAddress(let source): "\(source) holds no address that begins with https://"
    case .noTLS(let source):
      "the address in \(source) goes out without TLS; write https, or `allow_http: true` in the settings"
    }
  }
}

extension Settings.Webhook {
  /// The address that is called.
  ///
  /// - Throws: why a secret one cannot be had.
  func url(environment: [String: String]) throws(SecretSource.Failure) -> WebURL {
    switch address {
    case .plain(let url): url
    case .secret(let source):
      try source.url(environment: environment, allowsHTTP: addresses.allowsHTTP)
    }
  }
}

extension String {
  /// The path, relative to a folder unless it is absolute.
  func resolved(in folder: String) -> String {
    hasPrefix("/") || folder == "." ? self : "\(folder)/\(self)"
  }
}
