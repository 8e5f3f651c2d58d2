public import NudgeCore

extension Span {
  /// The span that a text such as `90m` or `2 days` writes, by the rules of the rule files.
  ///
  /// - Throws: ``Misreading`` with what would be right.
  public init(written text: String) throws(Misreading) {
    let place = Place(path: "", line: 1, column: 1)
    self = try ScalarForm.span(ScalarText(text: text, isPlain: true, place: place))
  }
}
