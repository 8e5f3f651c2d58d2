extension Memory {
  /// An account's members, by bare id, in the order of joining; empty for a person.
  public var memberNames: [String] { members }

  /// Who this anonymous subject turned out to be; `nil` for anybody else.
  public var identity: SubjectID? { isNow }
}
