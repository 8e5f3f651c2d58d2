extension Event {
  /// An anonymous subject, and the known person that an event says it is.
  struct Identity: Hashable, Sendable {
    let anonymous: SubjectID
    let known: SubjectID

    init(_ anonymous: String, is user: String) {
      self.anonymous = .anonymous(anonymous)
      self.known = .user(user)
    }
  }

  /// Who turns out to be whom: an alias says it, and an identify that names both a person and an anonymous id.
  ///
  /// An alias without a `userID` says that its two ids are one person and not which of them is known; it is read both
  /// ways, since an id is used for one of them only.
  var identities: [Identity] {
    switch (kind, userID, anonymousID, previousID) {
    case (.alias, let user?, _, let previous?): [Identity(previous, is: user)]
    case (.alias, nil, let one?, let other?): [Identity(one, is: other), Identity(other, is: one)]
    case (.identify, let user?, let anonymous?, _): [Identity(anonymous, is: user)]
    case (.alias, _, _, _), (.identify, _, _, _), (.track, _, _, _), (.page, _, _, _),
      (.screen, _, _, _), (.group, _, _, _):
      []
    }
  }

  /// Whether it says that two ids are one person, and not which of them is known.
  var isSymmetricAlias: Bool { kind == .alias && userID == nil }
}
