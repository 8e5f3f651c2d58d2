import NudgeCore

/// The progress of everybody as of one instant, kept as lines until the decisions are printed.
///
/// They go to a temporary file, so that memory does not grow with them.
struct StateSnapshot {
  private let file: TemporaryFile

  /// The cards of all subjects of these worlds, by subject and then by model; nobody is in two of them.
  init(of parts: [(engine: Engine, world: World)], at instant: Timestamp) throws(Failure) {
    file = try TemporaryFile()
    var piece: [UInt8] = []
    let everybody = parts.flatMap { part in part.world.memories.keys.map { ($0, part) } }
      .sorted { StateSnapshot.isPrintedBefore($0.0, $1.0) }
    for (subject, part) in everybody {
      // An anonymous subject that became known gives the known one's cards, which come under that id.
      for card in part.engine.progress(of: subject, in: part.world, now: instant)
      where card.subject == subject {
        piece += card.json.json.bytes + [UInt8(ascii: "\n")]
      }
      guard piece.count >= Limits.spillPieceBytes else { continue }
      try file.append(piece)
      piece.removeAll(keepingCapacity: true)
    }
    try file.append(piece)
  }

  /// Writes the lines.
  func write(to answer: Answer) throws(Failure) {
    var offset: Int64 = 0
    while offset < file.length {
      let piece = try file.read(at: offset, count: Limits.spillPieceBytes)
      try answer.write(piece)
      offset += Int64(piece.count)
    }
  }

  private static func isPrintedBefore(_ left: SubjectID, _ right: SubjectID) -> Bool {
    left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
  }
}
