public import NudgeCore

extension Decision {
  /// The decision on one line: instant, subject, place, outcome and reason.
  public var line: String {
    let cause = cause.map { " (\($0))" } ?? ""
    return "\(at.rfc3339) \(subject) \(campaign)/\(step) \(enrolment).\(occurrence)"
      + " \(outcome.rawValue) \(reason.code)\(cause) \(to?.description ?? "-")"
  }
}

extension EnrolmentChange {
  /// The beginning or the end of a passage on one line.
  public var line: String {
    "\(subject) \(campaign) \(number) \(enteredAt.rfc3339) … \(endedAt?.rfc3339 ?? "") \(ending ?? "")"
  }
}

extension Effects {
  /// Everything that followed, one line each: what two runs that must agree are compared by.
  public var lines: String {
    (enrolments.map(\.line) + decisions.map(\.line)
      + interventions.map { "\($0.id) \(String(decoding: $0.payload, as: UTF8.self))" })
      .joined(separator: "\n")
  }
}
