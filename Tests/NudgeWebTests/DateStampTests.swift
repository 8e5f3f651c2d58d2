import Testing

@testable import NudgeWeb

/// The first is the example of RFC 9110, section 5.6.7.
@Test(arguments: [
  (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
  (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
])
func `an answer is dated as the standard says`(second: Int, text: String) {
  #expect(DateStamp().text(at: second) == text)
}

@Test func `the next second has a date of its own`() {
  let stamp = DateStamp()
  #expect(stamp.text(at: 1) != stamp.text(at: 2))
}
