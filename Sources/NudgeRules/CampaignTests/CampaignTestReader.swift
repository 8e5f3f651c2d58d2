public import NudgeCore

/// Turns the text of a test file into typed tests, or into diagnostics.
public struct CampaignTestReader {
  let collector: DiagnosticCollector
  let zones: ZoneTable

  /// A reader that reports to a collector.
  public init(zones: ZoneTable, collector: DiagnosticCollector) {
    self.zones = zones
    self.collector = collector
  }

  /// The tests of a file; one mistake never hides another.
  ///
  /// `nil` when the file is no test file; if the collector has errors afterwards, some test may be missing.
  public func read(_ file: SourceFile) -> CampaignTestFile? {
    guard let tree = YAMLReader.read(file, into: collector),
      let map = MapReader(tree, as: .testFile, at: tree.place, collector: collector)
    else { return nil }
    _ = map.whole("nudged_test")
    let settings = map.map("settings")
    let folk = Folk(people: traits(map, "people"), accounts: traits(map, "accounts"))
    let zone = settings.flatMap { $0.node("timezone")?.text }.flatMap { zones[$0] } ?? .utc
    let tests = map.list("tests").flatMap { test in
      TestTable(collector: collector).tests(of: test).compactMap {
        self.test($0, folk, zone, isOfTable: test["table"] != nil)
      }
    }
    return CampaignTestFile(
      source: file,
      rules: map.parsedList("rules", ScalarText.itself),
      settings: map.node("settings"),
      tests: tests
    )
  }

  /// The person of a file; `nil` and reported when there is none that can be read.
  public func readPerson(_ file: SourceFile, timezone: String) -> PersonFile? {
    guard let tree = YAMLReader.read(file, into: collector),
      let map = MapReader(tree, as: .personFile, at: tree.place, collector: collector)
    else { return nil }
    _ = map.whole("nudged_person")
    let user = map.text("user") ?? "somebody"
    let folk = Folk(defaultUser: user)
    guard let timeline = timeline(map, folk, zones[timezone] ?? .utc) else { return nil }
    for given in timeline.given {
      guard case .deploy = given.act else { continue }
      collector.report(.misplacedKey, at: given.place, "a person's file deploys nothing")
    }
    return PersonFile(user: user, timeline: timeline)
  }

  private func traits(_ map: MapReader, _ key: String) -> [YAMLEntry] {
    guard let entry = map.entry(key) else { return [] }
    return collector.entries(of: entry.value, write: "a map of ids, each with a map of traits")
      ?? []
  }

  // MARK: One test

  private func test(
    _ node: YAMLNode,
    _ folk: Folk,
    _ zone: Zone,
    isOfTable: Bool
  ) -> CampaignTest? {
    let title = node["name"]?.text.map { "test `\($0)`" }
    guard
      let map = MapReader(node, as: .campaignTest, title: title, collector: collector)
    else { return nil }
    let name = map.text("name")
    guard let timeline = timeline(map, folk, zone) else { return nil }
    let times = TestTime(startsAt: timeline.startsAt, zone: timeline.zone)
    let reader = ExpectationReader(collector: collector, times: times)
    guard let name, let expectation = reader.expectation(map) else { return nil }
    return CampaignTest(
      name: name,
      place: node.place,
      timeline: timeline,
      expectation: expectation,
      isOfTable: isOfTable
    )
  }

  /// `nil` without a start, since no time can be told then.
  private func timeline(_ map: MapReader, _ folk: Folk, _ zone: Zone) -> Timeline? {
    let own = self.zone(map, "timezone")
    guard let startsAt = map.parsed("starts_at", TestTime.instant) else { return nil }
    let times = TestTime(startsAt: startsAt, zone: own ?? zone)
    let reader = GivenReader(collector: collector, zones: zones, times: times, folk: folk)
    let end = map.parsed("runs_until", times.instant)
    let given = reader.given(map, until: end)
    return Timeline(
      startsAt: startsAt,
      zone: times.zone,
      holdsOut: map.choice("holdout") == "on",
      variants: variants(map),
      runsUntil: end,
      given: given
    )
  }

  private func variants(_ map: MapReader) -> [ScalarText] {
    guard let entry = map.entry("variant") else { return [] }
    return collector.oneOrMore(entry).compactMap {
      collector.parsed($0, of: entry, ScalarText.itself)
    }
  }

  private func zone(_ map: MapReader, _ key: String) -> Zone? {
    guard let name = map.text(key) else { return nil }
    if let zone = zones[name] { return zone }
    collector.reportUnknownZone(name, at: map.node(key)?.place ?? map.place, zones)
    return nil
  }
}

extension ScalarText {
  /// The value with its place.
  static func itself(_ scalar: ScalarText) throws(Misreading) -> ScalarText { scalar }
}

extension DiagnosticCollector {
  func reportUnknownZone(_ name: String, at place: Place, _ zones: ZoneTable) {
    let nearest = Suggestion.label(for: name, among: zones.names)
    report(
      .unknownName,
      at: place,
      "unknown time zone `\(name)`",
      label: nearest.isEmpty ? ["write \(ValueKind.zone.advice)"] : nearest
    )
  }
}

/// The people and accounts that tests share.
struct Folk {
  var people: [YAMLEntry] = []
  var accounts: [YAMLEntry] = []
  /// Who does what no entry of `given` ascribes to somebody; `nil`: nobody.
  var defaultUser: String?
}
