import NudgeCore
import Testing

@testable import NudgeDaemon
@testable import NudgeStore

private let report = """
  rules/x.yaml:71:9: error[unknown-key]: unknown key `on_dey` in step `help`
     |
  1 error, 0 warnings
  """

struct `The line of systemctl status` {
  @Test(arguments: [
    (0, 5, 4210, "5 campaigns, 4,210 people, nothing planned, outbox 0"),
    (1, 1, 1, "1 campaign, 1 person, next 09:00 (37 due), outbox 0"),
    (2, 0, 0, "0 campaigns, 0 people, next Sat 2026-03-07 09:00 (37 due), outbox 0"),
  ])
  func `tells how many, and what is next`(
    day: Int,
    campaigns: Int,
    people: Int,
    expected: String
  ) throws {
    let due = day == 0 ? nil : Timestamp(rfc3339: "2026-03-0\(day + 5)T09:00:00Z")
    let now = try #require(Timestamp(rfc3339: "2026-03-06T08:00:00Z"))
    let line = line(campaigns: campaigns)
    #expect(line.text(gauges(nextDue: due), people: people, at: now) == expected)
  }

  @Test func `says what was rejected, and what runs instead`() throws {
    let since = try #require(Timestamp(rfc3339: "2026-03-03T09:12:00Z"))
    let line = line(campaigns: 1, rejected: report, deployedAt: since)
    #expect(
      line.text
        == "rules rejected: rules/x.yaml:71:9 unknown key `on_dey` in step `help`; running set 9b3e00000000 from Tue 2026-03-03 09:12"
    )
  }

  private func line(
    campaigns: Int,
    rejected: String? = nil,
    deployedAt: Timestamp? = nil
  ) -> StatusLine {
    StatusLine(
      campaigns: campaigns,
      rejected: rejected,
      hash: "9b3e0000000000000",
      deployedAt: deployedAt,
      zone: .utc
    )
  }

  private func gauges(nextDue: Timestamp?) -> Gauges {
    Gauges(
      outboxes: [],
      disabledChannels: [],
      timersDue: 0,
      nextDue: nextDue,
      dueTogether: nextDue == nil ? 0 : 37,
      databaseBytes: 0,
      logBytes: 0
    )
  }
}
