import Testing

@testable import NudgeDaemon

@Suite struct `A turn` {
  @Test func `is had by one at a time, and others wait for its end`() async {
    let turn = Turn()
    await turn.ended()
    #expect(turn.begin())
    #expect(!turn.begin())
    async let isFree: Void = turn.ended()
    turn.end()
    await isFree
    #expect(turn.begin())
  }
}
