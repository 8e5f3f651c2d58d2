/// The Swift that this program was built with.
enum SwiftRelease {
  /// Major and minor, which is all that the language tells.
  static var text: String {
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
