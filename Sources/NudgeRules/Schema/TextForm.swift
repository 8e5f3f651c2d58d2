/// How texts of a form are written, as a pattern of JSON Schema and in words for people.
struct TextForm {
  /// A regular expression (ECMA-262) for the whole text.
  let pattern: String
  /// What an editor says of another text.
  let message: String

  private init(_ pattern: String, _ message: String) {
    self.pattern = pattern
    self.message = message
  }

  private init(_ pattern: String, _ kind: ValueKind) {
    self.init(pattern, "write \(kind.advice)")
  }

  private static let clock = "(?=[0-9])([0-9]{1,7}h)?([0-9]{1,7}m)?([0-9]{1,7}s)?"
  private static let calendar = "[0-9]{1,5} (day|days|week|weeks)"
  private static let weekdays = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]
  static let dayWords = ["weekdays", "weekends"] + weekdays

  static let name = TextForm(
    "^[a-z0-9][a-z0-9_-]{0,62}$",
    "a name is lower-case letters, digits, - and _, at most 63"
  )
  static let percentage = TextForm(
    "^(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?)%$",
    "write a percentage like 10%"
  )
  static let clockSpan = TextForm(
    "^\(clock)$",
    """
    clock time is written in hours, minutes and seconds: 90m, 48h, 168h. Days are calendar days: \
    see `on_day`, `every` and `within: 7 days`
    """
  )
  static let span = TextForm(
    "^(\(clock)|\(calendar))$",
    "write clock time (48h) or local calendar days (7 days)"
  )
  static let calendarSpan = TextForm("^\(calendar)$", .calendarSpan)
  static let interval = TextForm(
    "^(\(calendar)|\(weekdays.joined(separator: "|")))$",
    "write `1 day`, `7 days`, `2 weeks` or a weekday"
  )
  static let timeOfDay = TextForm(
    "^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "write a local time in quotes, like \"09:00\""
  )
  static let days = TextForm("^(\(dayWords.joined(separator: "|")))$", .days)
  static let accountTrait = TextForm("^account\\..+$", .accountTrait)
  static let recipient = TextForm("^(subject|actor|account\\..+)$", .recipient)
  static let secret = TextForm("^(credential|file):.+$", .secret)
  static let byteSize = TextForm("^[0-9]{1,9}(B|kB|KB|MB|GB|KiB|MiB|GiB)$", .byteSize)
  static let rate = TextForm("^[0-9]{1,7}/s$", .rate)
  static let all = TextForm("^all$", .count)
  static let reEntry = TextForm("^(never|always)$", .reEntry)
  static let off = TextForm("^off$", .breaker)
}
