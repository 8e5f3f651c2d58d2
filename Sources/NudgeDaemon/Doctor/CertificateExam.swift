import NudgeCore
import NudgeWeb

/// Looks at the certificate and key of the listener: readable, fitting each other, and valid for a while yet.
struct CertificateExam {
  let settings: Settings
  let now: Timestamp

  var findings: [Finding] {
    guard let tls = settings.tls else { return [] }
    do {
      let identity = try settings.identity()
      return identity.map { [finding(tls.certificate, $0)] } ?? []
    } catch {
      return [.bad("certificate", error.message, "mend the file, then restart nudged")]
    }
  }

  private func finding(_ path: String, _ identity: TLSIdentity) -> Finding {
    guard identity.validFrom <= now else {
      let text = "\(path) is not valid before \(identity.validFrom.rfc3339)"
      return .bad(
        "certificate",
        text,
        "set the clock, or get another; clients refuse it until then"
      )
    }
    let end = identity.validUntil.rfc3339
    let days = identity.validUntil.milliseconds(since: now) / 86_400_000
    guard identity.validUntil > now else {
      let text = "\(path) was valid until \(end)"
      return .bad("certificate", text, "renew it, then restart nudged; clients refuse it")
    }
    guard days >= Limits.certificateDays else {
      let text = "\(path) is valid until \(end), for \(days) days"
      return .warning("certificate", text, "renew it, then restart nudged, which reads it anew")
    }
    return .good("certificate", "\(path), valid until \(end)")
  }
}
