/// How some people stand under one rule set at an instant, and what it sends them in the days to come.
///
/// Everybody whom a look at them needs is in the world too, but only they are counted.
struct Prospect: Sendable {
  private let engine: Engine
  private let counted: Set<SubjectID>
  private var timers = TimerQueue()
  private(set) var world: World
  /// Everybody who is counted, as they stand at the instant itself.
  private(set) var standing: [SubjectID: Memory] = [:]
  /// What the instant itself brought about, of those who are counted.
  private(set) var decided: [Decision] = []
  private(set) var forecast = Forecast()
  /// How often each step is sent to each subject.
  private(set) var sends: [Sending: Int] = [:]

  struct Sending: Hashable {
    let subject: SubjectID
    let campaign: String
    let step: String
  }

  /// Looks at everybody at `now` if the rules are deployed then, else at those who are due; then at the days to come.
  init(of subjects: [SubjectID], in world: World, by engine: Engine, now: Timestamp, isDeploy: Bool)
  {
    self.engine = engine
    self.world = world
    counted = Set(subjects)
    for subject in subjects { setTimer(of: subject) }
    if isDeploy {
      for subject in subjects.sorted() { handle(subject, at: now) }
    }
    advance(to: now, notBefore: now)
    for subject in subjects { standing[subject] = self.world.memories[subject] }
    advance(to: now.adding(milliseconds: Forecast.milliseconds), notBefore: now)
    countWaiting(subjects)
  }

  private mutating func setTimer(of subject: SubjectID) {
    guard let wake = world.memories[subject]?.wake, wake != .never else { return }
    timers.insert(TimerQueue.Timer(due: wake, subject: subject))
  }

  private mutating func advance(to end: Timestamp, notBefore now: Timestamp) {
    while let timer = timers.next(through: end) {
      guard world.memories[timer.subject]?.wake == timer.due else { continue }
      handle(timer.subject, at: max(timer.due, now))
    }
  }

  private mutating func handle(_ subject: SubjectID, at instant: Timestamp) {
    while true {
      let missing = engine.missing(for: .timer(subject, at: instant), in: world)
      if missing.isEmpty { break }
      for other in missing { world.memories[other] = Memory(subject: other) }
    }
    let effects = engine.handle(.timer(subject, at: instant), in: &world)
    for other in effects.touched where counted.contains(other) { setTimer(of: other) }
    for decision in effects.decisions where counted.contains(decision.subject) { note(decision) }
    for follower in effects.followers.sorted() where counted.contains(follower) {
      handle(follower, at: instant)
    }
  }

  private mutating func note(_ decision: Decision) {
    if standing.isEmpty { decided.append(decision) }
    switch decision.outcome {
    case .heldOut: forecast.heldOut += 1
    case .sent:
      let (campaign, step) = (decision.campaign, decision.step)
      forecast.sends += 1
      forecast.sendsByStep["\(campaign)/\(step)", default: 0] += 1
      sends[Sending(subject: decision.subject, campaign: campaign, step: step), default: 0] += 1
    case .skipped, .dropped, .cancelled: break
    }
  }

  private mutating func countWaiting(_ subjects: [SubjectID]) {
    for subject in subjects {
      for record in world.memories[subject]?.campaigns.values ?? [] {
        guard let enrolment = record.enrolment, enrolment.isOpen else { continue }
        forecast.waitingOnCaps += enrolment.steps.values.count {
          $0.plan?.waiting?.reason == .cap
        }
      }
    }
  }
}
