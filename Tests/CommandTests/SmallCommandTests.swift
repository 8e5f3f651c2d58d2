import NudgeTesting
import Testing

@Suite struct SmallCommandTests {
  @Test(arguments: [("ingest", "nwk_"), ("admin", "nat_"), ("inbox", "nib_")])
  func `a new key is all that is printed`(purpose: String, prefix: String) async throws {
    let folder = try TemporaryFolder()
    let one = try await Program.run(["keys", "new", purpose], in: folder)
    let other = try await Program.run(["keys", "new", purpose], in: folder)
    #expect(one.status == 0)
    #expect(one.notes == "")
    #expect(one.output.wholeMatch(of: /n[a-z]{2}_[0-9a-f]{48}\n/) != nil)
    #expect(one.output.hasPrefix(prefix))
    #expect(one.output != other.output)
  }

  @Test(arguments: [
    ("unknown-key", "unknown-key (error)\n"), ("skipped.condition", "skipped.condition\n"),
    ("left.converted", "left."),
  ])
  func `a code is explained`(code: String, beginning: String) async throws {
    let outcome = try await Program.run(["docs", code], in: try TemporaryFolder())
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix(beginning))
  }

  @Test func `an unknown code gets the nearest one`() async throws {
    let outcome = try await Program.run(["docs", "unknown-kee"], in: try TemporaryFolder())
    #expect(outcome.status == 64)
    #expect(
      outcome.notes == "nudged: there is no code `unknown-kee`, did you mean `unknown-key`?\n"
    )
  }

  @Test func `all codes are listed, each on its line`() async throws {
    let outcome = try await Program.run(["docs"], in: try TemporaryFolder())
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.contains { $0.wholeMatch(of: /never-leaves +warning/) != nil })
    #expect(lines.contains { $0.wholeMatch(of: /held-out +reason/) != nil })
  }

  @Test func `the version names the time-zone data`() async throws {
    let outcome = try await Program.run(["version"], in: try TemporaryFolder())
    #expect(outcome.status == 0)
    #expect(outcome.output.contains(/nudged +[0-9]+\.[0-9]+\.[0-9]+\n/))
    #expect(outcome.output.contains(/time zones .*zoneinfo\)\n/))
  }

  @Test func `the version is an object for programs`() async throws {
    let outcome = try await Program.run(["version", "--json"], in: try TemporaryFolder())
    #expect(outcome.output.hasPrefix(#"{"version":"#))
    #expect(outcome.output.contains(#""time_zones_path":"/usr/share/zoneinfo""#))
  }

  @Test func `an answer that cannot be written exits 74`() async throws {
    let outcome = try await Program.run(["version"], in: try TemporaryFolder(), output: "/dev/full")
    #expect(outcome.status == 74)
    #expect(outcome.notes.hasPrefix("nudged: cannot write the answer"))
  }
}
