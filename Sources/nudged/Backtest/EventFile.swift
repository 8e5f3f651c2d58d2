import NudgeCore
import NudgeDaemon
import NudgeWire

/// One file of events, read line by line; every line of it becomes an event or a rejection.
///
/// A class, since it owns the open file and the parser, and its place in it moves.
final class EventFile: EventRun {
  /// What a line holds.
  enum Content {
    case event(ArrivedEvent, LineSource.Line)
    case rejected(Rejection, line: Int)
  }

  private let path: String
  private let place: Int32
  private var source: LineSource
  private let decoder: LineDecoder

  /// The file at a path, with its place among the arguments.
  init(path: String, place: Int) throws(Failure) {
    self.path = path
    self.place = Int32(place)
    source = try EventFile.explained { () throws(LineSource.Failure) in
      try LineSource(path: path)
    }
    decoder = try EventFile.decoder()
  }

  /// A parser of lines.
  static func decoder() throws(Failure) -> LineDecoder {
    do {
      return try LineDecoder()
    } catch {
      throw Failure("cannot make a parser: \(error.message)", .inputOutput)
    }
  }

  /// The next event, rejected lines passed over.
  func next() throws(Failure) -> ArrivedEvent? {
    while let content = try nextContent() {
      if case .event(let event, _) = content { return event }
    }
    return nil
  }

  /// What the next line that is not blank holds; `nil` at the end.
  func nextContent() throws(Failure) -> Content? {
    let line: LineSource.Line?
    do {
      line = try source.next()
    } catch {
      throw Failure(error)
    }
    guard let line else { return nil }
    switch decoder.decode(line) {
    case .taken(let event):
      let arrival = Arrival(instant: event.receivedAt, file: place, line: Int64(line.number))
      return .event(ArrivedEvent(arrival: arrival, event: event), line)
    case .rejected(let rejection):
      return .rejected(rejection, line: line.number)
    }
  }

  private static func explained(
    _ open: () throws(LineSource.Failure) -> LineSource
  ) throws(Failure) -> LineSource {
    do {
      return try open()
    } catch {
      throw Failure(error)
    }
  }
}
