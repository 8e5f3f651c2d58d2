extension Memory {
  /// The memory of an account without these as members, to be looked at again at an instant.
  public func forgetting(_ subjects: [SubjectID], at now: Timestamp) -> Memory {
    var memory = self
    let users = Set(subjects.filter { $0.kind == .user }.map(\.id))
    memory.members.removeAll { users.contains($0) }
    memory.watchers.subtract(subjects)
    memory.wake = min(memory.wake, now)
    return memory
  }
}
