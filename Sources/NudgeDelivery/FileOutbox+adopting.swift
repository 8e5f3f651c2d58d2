import Glibc
public import NudgeCore

/// What a file holds beyond what a restored database knows of it.
public struct FileSurplus: Hashable, Sendable {
  /// Where the file stands now.
  public let state: FileState
  /// The interventions whose lines stand beyond the old mark.
  public let ids: [String]
}

/// Going on with a file whose database was taken back to an earlier moment.
extension FileOutbox {
  /// What was written since a state of the database; `nil` when the file is not what that state says.
  ///
  /// Segments that were finished since are read in their order, each up to its last whole line.
  ///
  /// - Throws: what the system says of the files.
  public func surplus(since state: FileState) throws(Failure) -> FileSurplus? {
    var segment = state.segment
    var from = state.flushed
    var ids: [String] = []
    while access(path.archive(segment), F_OK) == 0 {
      guard let read = try surplus(of: path.archive(segment), after: from) else { return nil }
      ids += read.ids
      segment += 1
      from = .beginning
    }
    let isOpen = access(path.text, F_OK) == 0
    guard let read = isOpen ? try surplus(of: path.text, after: from) : ([], from) else {
      return nil
    }
    let next = FileState(
      segment: segment,
      planned: read.end.length,
      flushed: read.end,
      openedAt: segment == state.segment ? state.openedAt : nil,
      displaced: nil
    )
    return FileSurplus(state: next, ids: ids + read.ids)
  }

  /// The lines of one file beyond a mark, and where the last of them ends.
  private func surplus(
    of name: String,
    after start: FileMark
  ) throws(Failure) -> (ids: [String], end: FileMark)? {
    guard let file = try OpenFile.existing(name), try deviation(of: file, from: start) == nil
    else { return nil }
    let length = try file.length() ?? start.length
    var ids: [String] = []
    var end = start.length
    var rest: [UInt8] = []
    var place = start.length
    while place < length {
      rest += try file.read(place..<min(length, place + Limits.adoptedBytes))
      place = min(length, place + Limits.adoptedBytes)
      var begin = rest.startIndex
      while let newline = rest[begin...].firstIndex(of: 0x0A) {
        if let id = FileLine.id(of: rest[begin..<newline]) { ids.append(id) }
        begin = newline + 1
      }
      end += begin
      rest.removeFirst(begin)
    }
    return (ids, try mark(file, at: end))
  }
}

extension FileLine {
  /// The id of the delivery on a line that we have written; `nil` for any other.
  ///
  /// An intervention's and an alert's stand at a fixed place. A decision that was shipped tells its own id further on, and
  /// its delivery has that of `Decision.notice`. Inside of texts quotes are escaped.
  static func id(of line: ArraySlice<UInt8>) -> String? {
    if line.starts(with: #"{"type":"decision""#.utf8) {
      return text(after: #""id":"iv_"#, in: line).map { "de_" + $0 }
    }
    return text(after: #""data":{"id":""#, in: line)
  }

  private static func text(after mark: String, in line: ArraySlice<UInt8>) -> String? {
    guard let place = line.firstRange(of: Array(mark.utf8)) else { return nil }
    let rest = line[place.upperBound...]
    guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
    return String(decoding: rest[..<end], as: UTF8.self)
  }
}
