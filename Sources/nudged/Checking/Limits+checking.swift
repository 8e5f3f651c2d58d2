extension Limits {
  /// How many different values of properties or traits are looked at: more would be ids, which rules do not name.
  static let sightings = 200_000
}
