import NudgeClient
import NudgeWeb

extension Settings {
  /// The certificate and key that the listener answers with; `nil`: plain HTTP.
  ///
  /// - Throws: ``DaemonFailure`` for files that cannot be used, or a key that others may read.
  func identity() throws(DaemonFailure) -> TLSIdentity? {
    guard let tls else { return nil }
    if let status = FileStatus(path: tls.key), status.permissions & 0o077 != 0 {
      let mode = String(status.permissions & 0o777, radix: 8)
      throw DaemonFailure(
        .invalid,
        "`tls`: \(tls.key) can be read by others than its owner (mode \(mode)); run `chmod 600 \(tls.key)`"
      )
    }
    do { return try TLSIdentity(certificate: tls.certificate, key: tls.key) } catch {
      throw DaemonFailure(.invalid, "`tls`: \(error.path): \(error.text)")
    }
  }

  /// The proxies, whose connections are not counted by address.
  var proxies: TrustedAddresses {
    let networks = trustedProxies
    return TrustedAddresses { text in
      guard let address = IPAddress(text) else { return false }
      return networks.contains { $0.contains(address) }
    }
  }
}
