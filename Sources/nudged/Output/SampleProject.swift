/// What `nudged init` writes.
enum SampleProject {
  /// One file of it.
  struct File {
    /// Below the folder.
    let path: String
    let text: String
  }

  /// All of it, in the order in which it is written.
  static let files = [
    File(path: "nudged.yaml", text: settings),
    File(path: "rules/welcome.yaml", text: rules),
    File(path: "tests/welcome.test.yaml", text: tests),
    File(path: ".github/workflows/rules.yml", text: workflow),
    File(path: ".gitignore", text: ignored),
  ]

  private static let settings = """
    nudged_config: 1
    timezone: Europe/Berlin                  # of people who have none
    rules: rules
    listen: {http: "127.0.0.1:8627", control: control.sock}
    keys: {ingest: "file:ingest.keys", admin: "file:admin.keys"}
    store: {path: nudged.db, keep_events: 400 days, keep_decisions: 400 days}
    quiet_hours: {from: "21:00", to: "08:00"}
    caps:
      - {name: two-messages-a-week, at_most: 2, per: 7 days}
    channels:                                # files to begin with; webhooks when you are ready
      email: {kind: message, file: outbox/email.jsonl, expires: 24h}
      in-app: {kind: message, file: outbox/in-app.jsonl, quiet_hours: ignore, expires: 48h}

    """

  private static let rules = """
    nudged: 1

    models:
      onboarding:
        description: Has this person got value out of the product yet?
        subject: user
        starts: {did: Signed Up}             # the first one; its local date is day 0
        milestones:
          project-created: {weight: 60, reached_when: {did: Project Created}}
          team-invited: {weight: 40, reached_when: {did: Teammate Invited}}
        activated_when: {milestones_reached: all}

    campaigns:
      welcome:
        description: People who have signed up and not yet made a project.
        owner: growth@example.com
        mode: live
        model: onboarding
        while: {missing: project-created}    # whoever makes one is out
        enter_until_day: 6
        steps:
          - name: hello
            immediately: true
            send: in-app
            template: hello

          - name: quickstart
            on_day: 2
            at: "09:00"                      # in their own time zone
            days: weekdays
            send: email
            template: quickstart

    """

  private static let tests = """
    nudged_test: 1
    rules: [../rules/welcome.yaml]
    settings: {timezone: Europe/Berlin, quiet_hours: {from: "21:00", to: "08:00"}}

    tests:
      - name: who does nothing is greeted at once and helped on day 2
        starts_at: "2026-03-02T10:00:00+01:00"
        given:
          - {at: +0m, user: ana, track: Signed Up}
        expect:
          sent:
            - {at: +0m, campaign: welcome, step: hello, to: ana, channel: in-app}
            - {at: day 2 09:00, campaign: welcome, step: quickstart, to: ana, channel: email}

      - name: who makes a project hears no more
        starts_at: "2026-03-02T10:00:00+01:00"
        given:
          - {at: +0m, user: bo, track: Signed Up}
          - {at: +3h, user: bo, track: Project Created}
        expect:
          sent:
            - {at: +0m, campaign: welcome, step: hello, to: bo, channel: in-app}
          not_sent:
            - {campaign: welcome, step: quickstart, to: bo, because: left.while-ended}

    """

  private static let workflow = """
    name: rules
    on: [push, pull_request]
    jobs:
      check:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v4
          - name: Install nudged
            # Put the Debian package of the release that you run into the repository, or fetch it here.
            run: sudo apt-get install --yes ./nudged.deb
          - name: Check
            run: nudged check --deny-warnings
          - name: Test
            run: nudged test tests

    """

  private static let ignored = """
    nudged.db*
    outbox/
    *.keys
    *.sock
    *.lock

    """
}
