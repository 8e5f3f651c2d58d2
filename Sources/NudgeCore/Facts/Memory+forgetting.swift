extension Memory {
  /// The memory of an account without these as members, to be looked at again at an instant.
  ///
  /// What they did still counts, as nobody's.
  public func forgetting(_ subjects: [SubjectID], at now: Timestamp) -> Memory {
    var memory = self
    let users = Set(subjects.filter { $0.kind == .user }.map(\.id))
    let places = places(without: users)
    for series in memory.series.keys {
      memory.series[series] = memory.series[series]?.placing(places)
    }
    memory.members.removeAll { users.contains($0) }
    for user in users { memory.expected[user] = nil }
    memory.watchers.subtract(subjects)
    memory.wake = min(memory.wake, now)
    return memory
  }

  /// The place of each member once these are gone; -1 for those.
  private func places(without users: Set<String>) -> [Int32] {
    var next: Int32 = 0
    return members.map { member in
      if users.contains(member) { return -1 }
      defer { next += 1 }
      return next
    }
  }
}
