/// The bounds of what is read.
enum YAMLLimits {
  /// Larger files are not written by people.
  static let fileBytes = 1 << 20
  /// Deeper trees cannot be read aloud.
  static let depth = 32
  /// Each doubled key costs one more pass over the file.
  static let duplicateKeys = 64
}
