import Testing

@testable import nudged

@Suite struct `A view that is drawn anew` {
  @Test func `clears each line of a text that has several`() {
    let screen = Refreshing.screen(
      of: ["rules rejected", "a.yaml:1:1\n  |\r\n1 error"],
      height: nil
    )
    #expect(
      screen
        == "\u{1B}[Hrules rejected\u{1B}[K\na.yaml:1:1\u{1B}[K\n  |\u{1B}[K\n1 error\u{1B}[K\n\u{1B}[J"
    )
  }

  @Test func `keeps to the height of the terminal, whatever its texts hold`() {
    let screen = Refreshing.screen(of: ["a\nb", "c", "d"], height: 3)
    #expect(screen == "\u{1B}[Ha\u{1B}[K\nb\u{1B}[K\n\u{1B}[J")
  }
}
