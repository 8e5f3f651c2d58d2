/// The bounds of this target, each with its reason.
enum Limits {
  /// How long looked-up addresses hold: the system's resolver tells no lifetime, and a moved host should be found soon.
  static let lookupLifetime = Duration.seconds(10)
  /// Different addresses with open connections: a name with more is a pool that rotates, and old ones go.
  static let pooledClients = 16
  /// Addresses of one name that are tried in one exchange: one of each version, and one more.
  static let addressesTried = 3
  /// How long an idle connection is kept: less than the 5 s after which common servers close theirs, since a request
  /// that meets the closing is lost.
  static let idleSeconds: Int64 = 4
  /// How much of an answer is kept.
  static let answerBytes = 4096
  /// How much of the daemon's answer a command reads.
  static let controlAnswerBytes = 16 << 20
}
