import Glibc

/// The pages of the program's own code that are mapped into this process.
enum ProgramPages {
  /// Gives them all back: what only the start has needed stays away, the rest comes again from the system's cache.
  ///
  /// An idle daemon is charged with some 30 MB for them, five times what it has allocated. Code alone is meant: it is
  /// never written, whereas data that look read-only hold what the loader has filled in (madvise(2), MADV_DONTNEED).
  static func giveBack() {
    guard let maps = fopen("/proc/self/maps", "re") else { return }
    defer { fclose(maps) }
    let program = path(of: "/proc/self/exe")
    var line: UnsafeMutablePointer<CChar>?
    var room = 0
    defer { free(line) }
    while getline(&line, &room, maps) > 0, let text = line.map({ String(cString: $0) }) {
      guard let range = code(in: text, of: program) else { continue }
      let start = UnsafeMutableRawPointer(bitPattern: UInt(range.lowerBound))
      madvise(start, range.count, MADV_DONTNEED)
    }
  }

  /// Where a line of proc(5)'s `maps` has code of a program; `nil` when it tells of something else.
  static func code(in line: String, of program: String) -> Range<Int>? {
    let fields = line.split(whereSeparator: \.isWhitespace)
    guard fields.count == 6, fields[1].hasPrefix("r-x"), fields[5] == program else { return nil }
    let ends = fields[0].split(separator: "-").compactMap { Int($0, radix: 16) }
    guard ends.count == 2, ends[0] < ends[1] else { return nil }
    return ends[0]..<ends[1]
  }

  private static func path(of link: String) -> String {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(link, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
