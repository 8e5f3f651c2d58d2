import Testing

@testable import NudgeDaemon

struct `The program's pages` {
  @Test(arguments: [
    ("5600-5700 r-xp 00000000 fe:00 123    /usr/bin/nudged\n", 0x5600..<0x5700),
    ("5600-5700 r--p 00000000 fe:00 123    /usr/bin/nudged\n", nil),
    ("5600-5700 rw-p 00000000 fe:00 123    /usr/bin/nudged\n", nil),
    ("5600-5700 r-xp 00000000 fe:00 123    /usr/lib/libc.so.6\n", nil),
    ("5600-5700 r-xp 00000000 00:00 0\n", nil), ("what-ever r-xp 0 0 0 /usr/bin/nudged", nil),
    ("", nil),
  ])
  func `are those of its code`(line: String, expected: Range<Int>?) {
    #expect(ProgramPages.code(in: line, of: "/usr/bin/nudged") == expected)
  }

  @Test func `come again when they are needed`() {
    ProgramPages.giveBack()
    #expect([3, 1, 2].sorted() == [1, 2, 3])
  }
}
