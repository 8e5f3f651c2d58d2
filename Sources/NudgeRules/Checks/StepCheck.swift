import NudgeCore

/// Looks at one step against the settings.
struct StepCheck {
  let session: RuleSession
  let policy: Policy
  let read: ReadStep

  private var step: Step { read.step }
  private var map: MapReader { read.map }

  /// Reports everything.
  func run() {
    guard case .send(let name) = step.action else { return }
    checkName(name)
    let channel = policy.channels[name] ?? .builtIn(name)
    let isHeld = channel.kind == .message && !channel.ignoresQuietHours && !step.ignoresQuietHours
    guard isHeld else { return }
    checkExpiry()
    checkDelay()
  }

  private func checkName(_ name: String) {
    guard !policy.channels.isEmpty, policy.channels[name] == nil, let node = map.node("send") else {
      return
    }
    let known = policy.channels.keys.sorted()
    session.collector.report(
      .unknownChannel,
      at: node.place,
      "the settings name no channel `\(name)`",
      label: Suggestion.label(for: name, among: known),
      help: ["there are: \(known.joined(separator: " · "))"]
    )
  }

  private func checkExpiry() {
    guard let quiet = policy.quietHours, case .clock(let expires)? = step.expires,
      let wait = longestWait(in: quiet), expires < Int64(wait) * 60_000
    else { return }
    let written = Span.clockText(milliseconds: expires)
    map.report(
      .expiresShorterThanQuietHours,
      at: map.has("expires") ? "expires" : "send",
      "\(map.title) expires after \(written), inside the quiet hours from \(quiet.from) to \(quiet.to)",
      label: [
        "what comes due \(timeOfDay.map { "at \($0)" } ?? "at night") waits up to \(Span.clockText(milliseconds: Int64(wait) * 60_000))"
      ]
    )
  }

  private var timeOfDay: LocalTime? {
    switch step.timing {
    case .onDay(_, let time, since: _), .every(_, let time, since: _): time
    case .after, .immediately, .asSoonAs: nil
    }
  }

  /// The longest wait for the end of the quiet hours, in minutes; `nil` when the step never waits.
  private func longestWait(in quiet: QuietHours) -> Int? {
    let length = minutes(from: quiet.from, to: quiet.to)
    guard let time = timeOfDay else { return length == 0 ? nil : length }
    let passed = minutes(from: quiet.from, to: time)
    return passed < length ? length - passed : nil
  }

  private func minutes(from: LocalTime, to: LocalTime) -> Int {
    (to.minuteOfDay - from.minuteOfDay + 1440) % 1440
  }

  private func checkDelay() {
    let day: Int64 = 86_400_000
    guard case .after(let delay, since: _) = step.timing, delay >= 2 * day, delay % day == 0,
      let node = map.node("after")
    else { return }
    session.collector.report(
      .calendarOnHours,
      at: node.place,
      "a message after exactly \(node.text ?? "") goes out at any hour",
      label: ["did you mean `on_day: \(delay / day)` with `at:`?"]
    )
  }
}
