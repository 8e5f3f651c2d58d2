/// The bounds of the engine, each with its reason.
public enum Limits {
  /// How far ahead of its arrival an event may lie and still trigger `as_soon_as`: five minutes, the
  /// skew of an honest clock (`rules.md`, "Late events").
  public static let futureToleranceMilliseconds: Int64 = 300_000

  /// How many exits, entries and decisions one look at a subject may lead to before we call it a bug of ours:
  /// every campaign could be left, entered and stepped through some hundred times.
  public static let changesInOneLook = 100_000

  /// The largest payload of an intervention in bytes (`delivery.md`): what every receiver we know takes.
  public static let payloadBytes = 20_000

  /// How much of a rejected message is kept, in bytes: enough to see what it was.
  public static let rejectedBytes = 4096

  /// How many events of a series are kept whether something needs them or not: dropping costs more than they do.
  static let occurrencesAlwaysKept = 8

  /// Up to what count a comparison is worth keeping only the events that it can need.
  static let occurrencesCountedUpTo = 1000

  /// Up to how many keys are compared one by one: for so few it is as fast as halving, and needs no order of texts.
  static let entriesComparedOneByOne = 8

  /// How many of the messages under a cap `explain` names: the latest are those that hold it up.
  static let messagesTold = 3

  /// How many of a step's earlier decisions `explain` names; `tail` and `trace` have the rest.
  static let decisionsTold = 3

  /// How many ids a plan names for each thing that happens to people: more than a page is not read.
  static let namesInPlan = 200

  /// How many bytes a memory is given room for at first: most take less.
  static let bytesOfFirstRoom = 1024

  /// How many bytes a number of 64 bits takes at most, seven bits in each.
  static let bytesOfLongestNumber = 10
}
