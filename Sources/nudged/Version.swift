/// The version of this program, in its one place.
enum Version {
  /// As in Semantic Versioning.
  static let current = "0.1.0"

  /// The Swift that it was built with, as far as the language tells: major and minor.
  static var swift: String {
    #if compiler(>=6.5)
    "6.5 or later"
    #elseif compiler(>=6.4)
    "6.4"
    #elseif compiler(>=6.3)
    "6.3"
    #else
    "6.2"
    #endif
  }
}
