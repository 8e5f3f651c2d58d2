import NudgeCore
import NudgeStore

/// Looks at the database and for odd data in it.
struct DataExam {
  let path: String
  let now: Timestamp
  let isThorough: Bool

  var findings: [Finding] {
    do {
      let exam = try DatabaseExam(path: path, now: now, isThorough: isThorough)
      return [soundness(exam)] + time(exam) + oddities(exam.oddities) + mode
    } catch Store.Failure.missing {
      return [.warning("database", "there is none at \(path) yet", "nudged run makes it")]
    } catch Store.Failure.olderSchema(let found, let known) {
      let text = "schema \(found); this version writes \(known)"
      return [.warning("database", text, "the next start of nudged run brings it up to date")]
    } catch Store.Failure.newerSchema(let found, let known) {
      let text = "schema \(found) of a newer nudged; this one knows \(known)"
      return [.bad("database", text, "run the newer nudged")]
    } catch Store.Failure.database(let message) {
      return [.bad("database", message, "restore the last backup: docs/operations.md, Backup")]
    } catch {
      return [.bad("database", "\(error)", "look at its owner and mode")]
    }
  }

  private func soundness(_ exam: DatabaseExam) -> Finding {
    let size = "\(exam.bytes / 1_048_576) MiB and \(exam.logBytes / 1_048_576) MiB of log"
    guard let damage = exam.damage else {
      return .good("database", "\(size); not looked through, which --thorough does")
    }
    guard let first = damage.first else { return .good("database", "\(size), sound") }
    return .bad("database", "damaged: \(first)", "stop nudged and restore the last backup")
  }

  /// Sending is held back while the clock is before what is stored.
  private func time(_ exam: DatabaseExam) -> [Finding] {
    guard let newest = exam.newestArrival else {
      return [.good("events", "none yet")]
    }
    let ahead = newest.milliseconds(since: now)
    guard ahead <= Limits.clockLag.wholeMilliseconds else {
      let text = "the newest came \(ahead / 60_000) minutes ahead of this machine's clock"
      return [.bad("events", text, "set the clock; nothing planned leaves before it has caught up")]
    }
    let hours = -ahead / 3_600_000
    guard hours < 24 else {
      let text = "the newest came \(hours / 24) days ago"
      return [
        .warning(
          "events",
          text,
          "look at the senders: nudged events rejected, their keys, their address"
        )
      ]
    }
    return [.good("events", "the newest came at \(newest.rfc3339)")]
  }

  private func oddities(_ odd: DatabaseExam.Oddities) -> [Finding] {
    var findings: [Finding] = []
    if odd.futureEvents > 0 {
      let text =
        "\(odd.futureEvents) of the latest \(odd.eventsSeen) were over an hour ahead of their arrival"
      findings.append(.warning("events", text, "look at the clock of their senders"))
    }
    let rejected = odd.rejected.values.reduce(0, +)
    if rejected > 0 {
      let codes = odd.rejected.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      let text = "\(rejected) rejected in the last day: \(codes.joined(separator: ", "))"
      findings.append(.warning("events", text, "nudged events rejected"))
    }
    for names in odd.similarNames.prefix(Limits.oddNamesTold) {
      let text = "two spellings: \(names.map { "`\($0)`" }.joined(separator: ", "))"
      findings.append(
        .warning("events", text, "let senders agree on one, or name both in the rules")
      )
    }
    findings += odd.dead.sorted { $0.key < $1.key }.map { channel, count in
      .warning(
        "channel \(channel)",
        "\(count) deliveries were given up",
        "nudged outbox list --channel \(channel) --state dead"
      )
    }
    return findings
      + odd.disabled.map { channel in
        .bad(
          "channel \(channel)",
          "disabled, its receiver has answered 410",
          "nudged outbox enable \(channel)"
        )
      }
  }

  /// It holds what people did and who they are.
  private var mode: [Finding] {
    guard let status = FileStatus(path: path), status.permissions & 0o007 != 0 else { return [] }
    let mode = String(status.permissions & 0o777, radix: 8)
    return [
      .warning(
        "database",
        "everybody on this machine may read \(path) (mode \(mode))",
        "chmod o= \(path)*"
      )
    ]
  }
}
