import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

@Suite struct `A timeline` {
  /// The only test of a folder, run.
  private func result(_ given: String, _ expect: String, extra: String = "") throws -> String {
    let test = """
      nudged_test: 1
      rules: [rules.yaml]

      tests:
        - name: it holds
          starts_at: "2026-03-02T10:00:00Z"
      \(extra)    given:
      \(given)
          expect:
      \(expect)

      """
    return try TestFolder(test: test).failures()
  }

  private let signUp = """
          - {at: +0m, user: ana, identify: {plan: free}}
          - {at: +1m, user: ana, track: Signed Up}
    """

  @Test func `keeps what happens in a downtime for the start, after what is due then`() throws {
    let failures = try result(
      signUp + """

              - {at: +2m, daemon: stopped}
              - {at: day 1 10:00, user: ana, track: Subscription Started}
              - {at: day 1 12:00, daemon: started}
        """,
      """
            sent:
              - {at: +1m, campaign: welcome, step: hello}
              - {at: day 1 12:00, campaign: welcome, step: help, late_by: 3h}
            state:
              - {at: day 1 11:00, user: ana, inside: [welcome]}
              - {at: day 1 12:00, user: ana, inside: []}
      """
    )
    #expect(failures == "")
  }

  @Test func `takes a message once, and an old one by its own time`() throws {
    let failures = try result(
      """
            - {at: +0m, user: ana, identify: {plan: free}}
            - {at: +1m, user: ana, track: Signed Up}
            - {at: +2m, user: ana, track: Teammate Invited, message_id: one}
            - {at: +3m, user: ana, track: Teammate Invited, message_id: one}
            - {at: +4h, user: ana, track: Project Created, timestamp: +3h}
      """,
      """
            sent:
              - {at: +1m, campaign: welcome, step: hello}
              - {at: day 1 09:00, campaign: welcome, step: help}
            state:
              - {at: +5h, user: ana, milestones: [project]}
      """
    )
    #expect(failures == "")
  }

  @Test func `ends at runs_until`() throws {
    let failures = try result(
      signUp,
      "        sent: [{at: +1m, campaign: welcome, step: hello}]",
      extra: "    runs_until: day 1 08:59\n"
    )
    #expect(failures == "")
  }

  @Test func `moves a person, and waits in the new zone`() throws {
    let failures = try result(
      """
            - {at: +0m, user: ana, timezone: Asia/Tokyo}
      """ + "\n" + signUp,
      """
            sent:
              - {at: +1m, campaign: welcome, step: hello}
              - {at: "2026-03-03T09:00:00+09:00", campaign: welcome, step: help}
      """
    )
    #expect(failures == "")
  }

  @Test func `knows a person before they have a name`() throws {
    let failures = try result(
      """
            - {at: +0m, anonymous: x1, track: Signed Up}
            - {at: +1m, anonymous: x1, identify: {plan: free}}
      """,
      """
            sent: []
      """
    )
    #expect(failures == "")
  }

  @Test func `makes a visitor known by an alias`() throws {
    let failures = try result(
      """
            - {at: +0m, anonymous: x1, track: Signed Up}
            - {at: +1m, anonymous: x1, identify: {plan: free}}
            - {at: +1h, user: ana, alias: x1}
      """,
      """
            sent:
              - {at: +1h, campaign: welcome, step: hello, to: ana}
              - {at: day 1 09:00, campaign: welcome, step: help, to: ana}
      """
    )
    #expect(failures == "")
  }
}

@Suite struct `Rewriting the lists of a test` {
  @Test func `keeps what holds, with its comments, and mends the rest`() throws {
    let text = TestFolder.test.replacing(
      "        - {at: +1m, campaign: welcome, step: hello, to: ana}\n",
      with: """
                # the greeting comes at once
                - {at: +5m, campaign: welcome, step: hello, to: ana, channel: email}  # soon
                - {at: day 2 09:00, campaign: welcome, step: hello, to: bob}

        """
    )
    #expect(
      try rewritten(text) == "# 1 list\n"
        + text.replacing("+5m", with: "+1m")
        .replacing(
          "        - {at: day 2 09:00, campaign: welcome, step: hello, to: bob}\n",
          with: ""
        )
    )
  }

  @Test func `fills an empty list`() throws {
    let text = """
      nudged_test: 1
      rules: [rules.yaml]

      tests:
        - name: help comes on Tuesday
          starts_at: "2026-03-02T10:00:00Z"
          given:
            - {at: +0m, user: ana, identify: {plan: free}}
            - {at: +1m, user: ana, track: Signed Up}
          expect:
            sent: []  # to be seen
            state:
              - {at: +1h, user: ana, milestones: []}

      """
    let expected = text.replacing(
      "      sent: []  # to be seen\n",
      with: """
              sent:  # to be seen
                - {at: day 0 10:01, campaign: welcome, step: hello, to: ana, channel: email}
                - {at: day 1 09:00, campaign: welcome, step: help, to: ana, channel: email}

        """
    )
    #expect(try rewritten(text) == "# 1 list\n" + expected)
  }

  @Test func `leaves a list that the rows of a table share`() throws {
    let text = TestFolder.test.replacing(
      "    starts_at: ",
      with: "    table: [{a: 1}]\n    starts_at: "
    ).replacing("at: +1m, campaign", with: "at: +5m, campaign")
    #expect(try rewritten(text) == "# 0 lists\n" + text)
  }

  private func rewritten(_ text: String) throws -> String {
    let tests = try TestFolder(test: text).load()
    try #require(!tests.hasErrors)
    var update = SentUpdate(tests.source)
    update.apply(tests.tests.map(tests.run))
    return "# \(update.updated) list\(update.updated == 1 ? "" : "s")\n" + update.text
  }
}
