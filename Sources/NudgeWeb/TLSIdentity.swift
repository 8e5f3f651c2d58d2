import HummingbirdTLS
import NIOSSL
public import NudgeCore

/// The certificate and key with which a listener answers, read once.
public struct TLSIdentity: Sendable {
  /// Why a certificate or key cannot be used.
  public struct Invalid: Error, Hashable, Sendable {
    /// The file that is wrong.
    public let path: String
    /// What is wrong with it.
    public let text: String
  }

  /// When the first instant is at which all certificates of the chain are valid.
  public let validFrom: Timestamp
  /// When the first of them ceases to be valid.
  public let validUntil: Timestamp
  let configuration: TLSConfiguration

  /// The identity of a file with a chain of certificates and one with the private key, both in PEM.
  ///
  /// - Throws: ``Invalid``, also where the two do not belong together.
  public init(certificate: String, key: String) throws(Invalid) {
    let chain: [NIOSSLCertificate]
    do { chain = try NIOSSLCertificate.fromPEMFile(certificate) } catch {
      throw Invalid(path: certificate, text: "it holds no certificate in PEM that can be read")
    }
    guard !chain.isEmpty else { throw Invalid(path: certificate, text: "it holds no certificate") }
    let secret: NIOSSLPrivateKey
    do { secret = try NIOSSLPrivateKey(file: key, format: .pem) } catch {
      throw Invalid(path: key, text: "it holds no private key in PEM that can be read")
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) },
      privateKey: .privateKey(secret)
    )
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    do { _ = try NIOSSLContext(configuration: configuration) } catch {
      throw Invalid(path: key, text: "it does not belong to the certificate in \(certificate)")
    }
    self.configuration = configuration
    validFrom = chain.map { Timestamp(seconds: $0.notValidBefore) }.max() ?? .distantPast
    validUntil = chain.map { Timestamp(seconds: $0.notValidAfter) }.min() ?? .distantPast
  }
}

extension Timestamp {
  fileprivate init(seconds: Int) {
    self.init(millisecondsSinceEpoch: Int64(seconds) * 1000)
  }
}
