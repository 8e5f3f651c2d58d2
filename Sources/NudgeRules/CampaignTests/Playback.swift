public import NudgeCore

/// A timeline on a virtual clock, with the engine of the daemon.
///
/// What happens while the daemon is stopped waits in the SDKs: at the start the daemon first decides what became due
/// meanwhile, then takes in what has waited.
public struct Playback: Sendable {
  /// What has just been.
  public enum Moment: Sendable {
    /// Something that the timeline gives has happened.
    case given(Given)
    /// Timers were due.
    case due
    /// The instant is one that somebody wanted to see; everything up to it has happened.
    case look
  }

  /// The engine, the world and the clock.
  public private(set) var rehearsal: Rehearsal
  private let timeline: Timeline
  private let rules: TestRules
  private var past: [Event] = []
  private var waiting: [Event] = []
  private var isStopped = false

  /// A timeline under the rules of its file.
  init(_ timeline: Timeline, rules: TestRules) {
    self.timeline = timeline
    self.rules = rules
    rehearsal = Rehearsal(rules.engine(for: timeline))
  }

  /// The last instant of the window: `runs_until`, else 60 days after the last act.
  var end: Timestamp {
    let last = timeline.given.last?.at ?? timeline.startsAt
    return timeline.runsUntil ?? last.adding(milliseconds: TestLimits.restMilliseconds)
  }

  /// Plays everything, and shows each moment with what followed from it.
  ///
  /// - Parameters:
  ///   - looks: instants to be shown, in any order; later ones than the end are reached too.
  ///   - see: called after each stimulus, and at each look, with the instant and the state then.
  mutating func play(
    looks: [Timestamp] = [],
    _ see: (Moment, Timestamp, Effects, Rehearsal) -> Void
  ) {
    var looks = Set(looks).sorted()[...]
    for given in timeline.given {
      advance(through: &looks, before: given.at, see)
      advance(to: given.at, see)
      apply(given)
      see(.given(given), given.at, rehearsal.drain(), rehearsal)
    }
    advance(through: &looks, before: end, see)
    advance(to: end, see)
    advance(through: &looks, before: .never, see)
  }

  private mutating func advance(
    through looks: inout ArraySlice<Timestamp>,
    before instant: Timestamp,
    _ see: (Moment, Timestamp, Effects, Rehearsal) -> Void
  ) {
    while let look = looks.first, look < instant {
      advance(to: look, see)
      see(.look, look, Effects(), rehearsal)
      looks.removeFirst()
    }
  }

  private mutating func advance(
    to instant: Timestamp,
    _ see: (Moment, Timestamp, Effects, Rehearsal) -> Void
  ) {
    guard !isStopped else { return }
    while let due = rehearsal.nextDue(), due <= instant {
      rehearsal.advance(to: due)
      see(.due, due, rehearsal.drain(), rehearsal)
    }
    rehearsal.advance(to: instant)
  }

  private mutating func apply(_ given: Given) {
    switch given.act {
    case .event(let event) where isStopped: waiting.append(event)
    case .event(let event): take(event, at: given.at)
    case .stop: isStopped = true
    case .start: start(at: given.at)
    case .deploy(let files):
      rehearsal.deploy(rules.ruleSet(of: files, for: timeline), past: past)
    case .silence(let silence):
      rehearsal.use(rehearsal.engine.silences + [silence.silence(from: given.at)], at: given.at)
    }
  }

  private mutating func start(at instant: Timestamp) {
    isStopped = false
    rehearsal.catchUp(at: instant)
    for event in waiting { take(event, at: instant) }
    waiting = []
  }

  private mutating func take(_ event: Event, at instant: Timestamp) {
    if rehearsal.take(event, at: instant) { past.append(event) }
  }
}

extension TestSilence {
  /// The silence as an operator adds it at an instant.
  fileprivate func silence(from instant: Timestamp) -> Silence {
    Silence(
      id: Silence.identity(of: [comment, instant.rfc3339]),
      campaign: campaign,
      channel: channel,
      subject: subject,
      comment: comment,
      from: instant,
      until: until,
      by: "test"
    )
  }
}

/// The bounds of playing tests.
enum TestLimits {
  /// A test without an end goes on for 60 days after its last act, as a backtest does.
  static let restMilliseconds: Int64 = 60 * 86_400_000
  /// More lines of an explanation hide the failure that they explain.
  static let explanationLines = 24
}
