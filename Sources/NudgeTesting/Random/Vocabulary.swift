import NudgeCore

/// The words that random rules and random histories share, so that they meet.
enum Vocabulary {
  static let signUp = "Signed Up"
  static let events = [signUp, "Project Created", "Invite Sent", "Report Run", "Limit Reached"]
  static let plans = ["trial", "free", "pro"]
  static let amounts = ["1", "2.5", "10", "0.1"]
  static let emails = ["a@x.org", "b@x.org", "c@x.org", "d@y.org"]
  static let tags = ["vip", "warm"]
  /// In several parts of the world, with clock changes at midnight and by half an hour among them, and one that
  /// does not exist.
  static let zones = [
    "America/New_York", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo",
    "Asia/Kathmandu", "UTC", "Nowhere/Land",
  ]
  /// Some days before clock changes of these zones, in 2026.
  static let origins = ["2026-02-27", "2026-03-20", "2026-08-28", "2026-10-16"]

  static func users(_ count: Int) -> [String] { (0..<count).map { "u\($0)" } }
  static func accounts(_ count: Int) -> [String] { (0..<count).map { "a\($0)" } }

  static func instant(of date: String) -> Timestamp {
    LocalDate(date).map(Zone.utc.startOfDay) ?? .distantPast
  }
}

extension NumberTest {
  static func one(_ comparison: Comparison) -> NumberTest { NumberTest([comparison]) }
}

extension Number {
  /// A number that is written in a program, not read from outside.
  static func literal(_ text: String) -> Number { Number(text) ?? .zero }
}
