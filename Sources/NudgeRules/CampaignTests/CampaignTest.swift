public import NudgeCore

/// One campaign test: what happens to people at times, and everything that must follow.
public struct CampaignTest: Sendable {
  /// What is the case, as a sentence.
  public let name: String
  /// Where the test begins.
  public let place: Place
  /// What happens, and how it is played.
  public let timeline: Timeline
  /// What must follow.
  public let expectation: Expectation
  /// Whether it stands for a row of a table, so that its text is shared with others.
  public let isOfTable: Bool
}

/// What happens to made-up people, and how it is played.
public struct Timeline: Sendable {
  /// The instant that `+26h` counts from.
  public let startsAt: Timestamp
  /// The zone of `day 3 08:00`; day 0 is the date of `startsAt` in it.
  public let zone: Zone
  /// Whether holdouts hold people out.
  public let holdsOut: Bool
  /// The variants that everybody gets where a step has one of them.
  public let variants: [ScalarText]
  /// The last instant; `nil`: when no timer is left.
  public let runsUntil: Timestamp?
  /// By instant; those of one instant in the order of the file.
  public let given: [Given]
}

/// One thing that happens.
public struct Given: Sendable {
  /// What can happen.
  public enum Act: Sendable {
    /// Somebody does something, or something is learnt about them.
    case event(Event)
    /// The daemon stops.
    case stop
    /// The daemon starts again.
    case start
    /// These rule files decide from now on.
    case deploy([ScalarText])
    /// An operator mutes something for a while.
    case silence(TestSilence)
  }

  /// When it happens.
  public let at: Timestamp
  /// Where it stands.
  public let place: Place
  /// What happens.
  public let act: Act
}

/// A silence that a test adds.
public struct TestSilence: Hashable, Sendable {
  /// The campaign that stays quiet; `nil`: all.
  public let campaign: String?
  /// The channel that stays quiet; `nil`: all.
  public let channel: String?
  /// Who hears nothing; `nil`: everybody.
  public let subject: SubjectID?
  /// When it ends.
  public let until: Timestamp
  /// Why, for people.
  public let comment: String
}

/// Somebody as an expectation names them: by bare id, or by kind and id as in `account:acme`.
public struct Whom: Hashable, Sendable {
  /// As it is written.
  public let text: String

  /// Whether a subject is meant.
  public func means(_ subject: SubjectID) -> Bool {
    subject.id == text || subject.description == text
  }
}

/// What must follow; what is not said is not asked.
public struct Expectation: Sendable {
  /// Everything that goes out, in order; `nil`: not asked.
  public let sent: SentList?
  /// What does not go out.
  public let absences: [Absence]
  /// Where people stand.
  public let states: [StateExpectation]

  /// All that must go out, and where it is written.
  public struct SentList: Sendable {
    /// The place of the key.
    public let place: Place
    /// In the order of the file.
    public let items: [Sent]
  }

  /// Which step, and who gets it.
  public struct Sending: Hashable, Sendable {
    /// The campaign's name.
    public let campaign: String
    /// The step's name.
    public let step: String
    /// Who gets it; `nil`: anybody.
    public let to: Whom?
    /// Whom it is about; `nil`: anybody.
    public let about: Whom?
  }

  /// One intervention that must go out.
  public struct Sent: Hashable, Sendable {
    /// Where it is written.
    public let place: Place
    /// When it goes out.
    public let at: Timestamp
    /// How the instant is written.
    public let atText: String
    /// Which step, and who gets it.
    public let sending: Sending
    /// `nil`: any.
    public let channel: String?
    /// How long after its nominal instant, in milliseconds; `nil`: not asked.
    public let lateByMilliseconds: Int64?
    /// `nil`: any.
    public let variant: String?
  }

  /// One intervention that must not go out.
  public struct Absence: Hashable, Sendable {
    /// Where it is written.
    public let place: Place
    /// The instant of the decision, or at which the step waits; `nil`: any.
    public let at: Timestamp?
    /// Which step, and who would get it.
    public let sending: Sending
    /// The code of the reason; `nil`: any.
    public let because: ScalarText?
  }
}

/// Where somebody must stand in a model at an instant.
public struct StateExpectation: Sendable {
  /// Where it is written.
  public let place: Place
  /// When.
  public let at: Timestamp
  /// Whose state.
  public let subject: SubjectID
  /// The model; `nil`: the only one about the subject.
  public let model: ScalarText?
  /// What must be the case, in the order of the file.
  public let facts: [Fact]

  /// One thing that must be the case.
  public struct Fact: Sendable {
    /// Where it is written.
    public let place: Place
    /// What it is about.
    public let question: Question
  }

  /// What can be asked of a state.
  public enum Question: Sendable {
    case day(NumberTest)
    case milestones([ScalarText])
    case activated(Bool)
    case score(name: String, NumberTest)
    case metric(name: String, NumberTest)
    case pace(String)
    case health(String)
    case segment(String)
    case inside([ScalarText])
  }
}
