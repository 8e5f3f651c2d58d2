extension String {
  /// The text with spaces for line ends and other control characters: what it stands in must not be ended by it, a header
  /// of a mail by a trait, a notice to the service manager by an error.
  var oneLine: String {
    guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      return self
    }
    return String(
      String.UnicodeScalarView(
        unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
      )
    )
  }
}
