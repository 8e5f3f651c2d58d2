import Foundation
import Glibc
import NudgeTesting
import Testing

private let settings = """
  nudged_config: 1
  timezone: UTC
  listen: {http: "0.0.0.0:0", control: control.sock}
  tls: {certificate: server.crt, key: server.key}

  """

extension EndToEnd {
  struct `A listener with a certificate` {
    @Test func `answers over TLS alone`() throws {
      let workspace = try Workspace(settings: settings)
      try certify(workspace)
      let daemon = try workspace.start()
      let port = "\(daemon.port)"
      let secure = try workspace.program(
        "curl",
        "--silent",
        "--cacert",
        "server.crt",
        "--resolve",
        "localhost:\(port):127.0.0.1",
        "https://localhost:\(port)/healthz"
      )
      #expect(secure.ending == .exited(0), "\(secure.errors)")
      #expect(try object(secure.output)["status"] as? String == "ok")
      let old = try workspace.program(
        "curl",
        "--silent",
        "--insecure",
        "--tls-max",
        "1.1",
        "https://localhost:\(port)/healthz"
      )
      #expect(old.ending != .exited(0))
      let plain = try workspace.program("curl", "--silent", "http://127.0.0.1:\(port)/healthz")
      #expect(plain.ending != .exited(0))
      #expect(try workspace.nudged("health").output == "ok\n")
      #expect(
        try workspace.nudged("doctor").output.contains(/certificate +server.crt is valid until 20/)
      )
      #expect(try daemon.stop() == .exited(0))
    }

    @Test(arguments: [
      ("chmod 644 server.key", "server.key can be read by others than its owner (mode 644)"),
      ("rm server.crt", "`tls`: server.crt: it holds no certificate"),
      ("echo x >server.key", "`tls`: server.key: it holds no private key"),
      ("openssl genpkey -algorithm RSA -out server.key 2>&1", "does not belong to the certificate"),
    ])
    func `does not start with files that cannot be used, as the doctor says too`(
      spoil: String,
      text: String
    ) throws {
      let workspace = try Workspace(settings: settings)
      try certify(workspace)
      #expect(try workspace.program("sh", "-c", spoil).ending == .exited(0))
      let run = try workspace.nudged("run", "--port", "0")
      #expect(run.ending == .exited(78))
      #expect(run.errors.contains(text), "\(run.errors)")
      let doctor = try workspace.nudged("doctor")
      #expect(doctor.ending == .exited(1))
      #expect(doctor.output.contains(/✗ certificate +`tls`:/), "\(doctor.output)")
      #expect(doctor.output.contains(text), "\(doctor.output)")
    }

    private func certify(_ workspace: Workspace) throws {
      let made = try workspace.program(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        "server.key",
        "-out",
        "server.crt"
      )
      try #require(made.ending == .exited(0), "\(made.errors)")
      chmod(workspace.folder.path(of: "server.key"), 0o600)
    }
  }
}
