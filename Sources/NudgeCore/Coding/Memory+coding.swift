/// Encodes one memory after another into the same room.
public struct MemoryEncoder: ~Copyable {
  private var writer = ByteWriter()

  /// An encoder without room yet.
  public init() {}

  /// Hands out what ``Memory/encoded(for:)`` gives, without a copy of it.
  public mutating func withBytes(
    of memory: Memory,
    for rules: RuleIndex,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    writer.removeAll()
    memory.write(to: &writer, for: rules)
    try writer.withBytes(body)
  }
}

extension Memory {
  /// The version of the encoding, its first byte.
  private static let version: UInt8 = 5
  /// The version before, in which no trait was set once, and which knew one event for each account that a person belongs
  /// to.
  fileprivate static let versionBefore: UInt8 = 4
  /// The version before that, in which milestones and rungs went by place and all events were kept.
  fileprivate static let versionByPlace: UInt8 = 3

  /// The memory could not be read from its bytes.
  public struct DamagedMemory: Error, Hashable, Sendable {
    /// Whose memory it is.
    public let subject: SubjectID
    /// The byte at which reading stopped.
    public let position: Int
  }

  /// The memory as compact bytes.
  ///
  /// Series and models go by the names that the rule set gives them, so that an
  /// edit keeps every fact it did not touch.
  public func encoded(for rules: RuleIndex) -> [UInt8] {
    var writer = ByteWriter()
    write(to: &writer, for: rules)
    return writer.bytes
  }

  fileprivate func write(to writer: inout ByteWriter, for rules: RuleIndex) {
    writer.write(byte: Memory.version)
    writer.write(traits) { $0.write(trait: $1.key, $1.value) }
    writer.write(series) {
      $0.write(Int64(bitPattern: rules.seriesKeys[$1.key]))
      $0.write($1.value)
    }
    writer.write(memberships) {
      $0.write($1.account)
      $0.write($1.namings) {
        $0.write($1.timestamp)
        $0.write($1.messageID)
      }
    }
    writer.write(members) { $0.write($1) }
    writer.write(expected) {
      $0.write($1.key)
      $0.write($1.value)
    }
    writer.write(progress) {
      $0.write(rules.set.models[$1.key].name)
      $0.write($1.value, rules.outlines[$1.key])
    }
    writer.write(campaigns) {
      $0.write($1.key)
      $0.write($1.value)
    }
    writer.write(tags.sorted()) { $0.write($1) }
    writer.write(messages) {
      $0.write($1.at)
      $0.write($1.channel)
      $0.write($1.from)
    }
    writer.write(sequence)
    writer.write(optional: isNow?.description)
    writer.write(wake)
    writer.write(optional: firstKnown)
    writer.write(optional: firstLoose)
    writer.write(passages) {
      $0.write($1.key)
      $0.write($1.value)
    }
    writer.write(coming) { $0.write($1, rules) }
    writer.write(watchers.sorted()) { $0.write($1.description) }
  }

  /// The memory that `encoded(for:)` wrote; facts and models that the rule set no longer has are left out.
  ///
  /// - Throws: ``DamagedMemory`` for bytes that it did not write.
  public init(
    _ subject: SubjectID,
    from bytes: [UInt8],
    for rules: RuleIndex
  )
    throws(DamagedMemory)
  {
    var reader = ByteReader(bytes)
    do {
      self = try reader.memory(of: subject, for: rules)
    } catch {
      throw DamagedMemory(subject: subject, position: error.position)
    }
  }

  fileprivate static func checkVersion(_ byte: UInt8) throws(ByteReader.Damaged) {
    guard (versionByPlace...version).contains(byte) else { throw ByteReader.Damaged(position: 0) }
  }
}

extension ByteWriter {
  mutating func write(_ trigger: Trigger, _ rules: RuleIndex) {
    write(trigger.instant)
    for series in [trigger.series, trigger.valued] {
      write(series.sorted()) { $0.write(Int64(bitPattern: rules.seriesKeys[$1])) }
    }
    write(trigger.isLate)
    write(optional: trigger.actor)
  }

  mutating func write(trait name: String, _ history: TraitHistory) {
    write(name)
    write(history.settings) {
      $0.write($1.timestamp)
      $0.write($1.messageID)
      $0.write($1.value)
      $0.write($1.isOnce)
    }
  }

  /// Instants as differences from the one before, since they lie close together.
  mutating func write(_ occurrences: Occurrences) {
    var last: Int64 = 0
    write(occurrences.dropped)
    write(occurrences.all) {
      $0.write($1.instant - last)
      last = $1.instant
      $0.write(Int64($1.source))
      $0.write(optional: $1.value) { $0.write($1) }
    }
  }

  mutating func write(_ scalar: Scalar) {
    switch scalar {
    case .bool(let value):
      write(byte: value ? 1 : 0)
    case .number(let number):
      write(byte: 2)
      write(number.description)
    case .text(let text):
      write(byte: 3)
      write(text)
    }
  }

  /// Rungs go by name, so that an edit of one leaves the others' `held_for` alone; milestones by place under the
  /// names of all, since they are worked out anew after each edit.
  mutating func write(_ progress: Progress, _ outline: ModelOutline) {
    write(optional: progress.startedAt)
    write(Int64(bitPattern: outline.milestones))
    write(progress.milestones) { $0.write(optional: $1) }
    write(optional: progress.activatedAt)
    write(progress.segmentSince, outline.segments)
    write(progress.healthSince, outline.health)
    write(progress.until)
  }

  private mutating func write(_ since: [Timestamp?], _ rungs: [UInt64]) {
    let known = zip(rungs, since).compactMap { rung, since in since.map { (rung, $0) } }
    write(known) {
      $0.write(Int64(bitPattern: $1.0))
      $0.write($1.1)
    }
  }

  mutating func write(_ record: CampaignRecord) {
    write(optional: record.enrolment) { $0.write($1) }
    write(record.wasClosedSince)
    write(record.doneAt) {
      $0.write($1.key)
      $0.write($1.value) { $0.write($1) }
    }
  }

  mutating func write(_ enrolment: Enrolment) {
    write(enrolment.number)
    write(enrolment.enteredAt)
    write(optional: enrolment.actor)
    write(optional: enrolment.ending) {
      $0.write($1.at)
      $0.write(optional: $1.reason.map { Reason.left($0).code })
    }
    write(enrolment.steps) {
      $0.write($1.key)
      $0.write($1.value)
    }
    write(enrolment.occurrences) {
      $0.write($1.key)
      $0.write($1.value)
    }
  }

  mutating func write(_ record: StepRecord) {
    write(record.occurrences)
    write(optional: record.plan) { $0.write($1) }
    write(record.done)
    write(optional: record.firstDoneAt)
    write(optional: record.lastDoneAt)
    write(optional: record.lastNominalAt)
    write(record.didHold)
    write(record.isRePlanned)
  }

  mutating func write(_ plan: Plan) {
    write(plan.occurrence)
    write(plan.nominalAt)
    write(plan.plannedAt)
    write(plan.isOutsideDays)
    write(plan.expiresAt)
    write(optional: plan.actor)
    write(Int64(bitPattern: plan.timing))
    write(optional: plan.waiting) {
      $0.write($1.reason.rawValue)
      $0.write($1.cause)
      $0.write($1.until)
    }
  }
}

extension ByteReader {
  fileprivate mutating func memory(
    of subject: SubjectID,
    for rules: RuleIndex
  )
    throws(Damaged) -> Memory
  {
    var memory = Memory(subject: subject)
    let version = try byte()
    try Memory.checkVersion(version)
    let isByPlace = version == Memory.versionByPlace
    let knowsOnce = version > Memory.versionBefore
    for (name, history) in try items({ reader throws(Damaged) in
      try reader.trait(knowsOnce: knowsOnce)
    }) {
      memory.traits[name] = history
    }
    for (key, occurrences) in try items({ reader throws(Damaged) in
      try reader.series(isWhole: isByPlace)
    }) {
      if let place = rules.seriesByKey[key] { memory.series[place] = occurrences }
    }
    let isOfLatest = version <= Memory.versionBefore
    memory.memberships = try items { reader throws(Damaged) in
      try reader.membership(isOfLatest: isOfLatest)
    }
    memory.members = try items { reader throws(Damaged) in try reader.text() }
    memory.expected = isOfLatest ? SortedMap() : try instants()
    for (place, progress) in try items({ reader throws(Damaged) in
      isByPlace ? try reader.progressByPlace(rules) : try reader.progress(rules)
    }) {
      guard let place, rules.set.models[place].subject.isAbout(subject) else { continue }
      if progress.fits(rules.set.models[place]) { memory.progress[place] = progress }
    }
    for (name, record) in try items({ reader throws(Damaged) in
      try reader.campaignRecord(isByPlace: isByPlace)
    }) {
      memory.campaigns[name] = record
    }
    memory.tags = Set(try items { reader throws(Damaged) in try reader.text() })
    memory.messages = try items { reader throws(Damaged) in
      Memory.SentMessage(
        at: try reader.instant(),
        channel: try reader.text(),
        from: try reader.text()
      )
    }
    memory.sequence = try int()
    memory.isNow = try optional { reader throws(Damaged) in try reader.text() }
      .flatMap(SubjectID.init)
    memory.wake = try instant()
    memory.firstKnown = isByPlace ? memory.firstKept : try optionalInstant()
    memory.firstLoose = isByPlace ? nil : try optionalInstant()
    memory.passages = isByPlace ? SortedMap() : try counts()
    memory.coming = try items { reader throws(Damaged) in try reader.trigger(for: rules) }
    memory.watchers = Set(
      try items { reader throws(Damaged) in try reader.text() }.compactMap(SubjectID.init)
    )
    return memory
  }

  private mutating func trigger(for rules: RuleIndex) throws(Damaged) -> Trigger {
    let instant = try instant()
    let series = try items { reader throws(Damaged) in UInt64(bitPattern: try reader.whole()) }
    let valued = try items { reader throws(Damaged) in UInt64(bitPattern: try reader.whole()) }
    return Trigger(
      instant: instant,
      series: series.compactMap { rules.seriesByKey[$0] },
      valued: valued.compactMap { rules.seriesByKey[$0] },
      isLate: try bool(),
      actor: try optional { reader throws(Damaged) in try reader.text() }
    )
  }

  private mutating func optionalInstant() throws(Damaged) -> Timestamp? {
    try optional { reader throws(Damaged) in try reader.instant() }
  }

  private mutating func trait(knowsOnce: Bool) throws(Damaged) -> (String, TraitHistory) {
    let name = try text()
    var history = TraitHistory()
    let settings = try items { reader throws(Damaged) in
      TraitHistory.Setting(
        timestamp: try reader.instant(),
        messageID: try reader.text(),
        value: JSONText(wellFormed: try reader.blob()).value ?? .null,
        isOnce: knowsOnce ? try reader.bool() : false
      )
    }
    for setting in settings { history.insert(setting, now: .distantPast, keepsPast: true) }
    return (name, history)
  }

  private mutating func series(isWhole: Bool) throws(Damaged) -> (UInt64, Occurrences) {
    let key = UInt64(bitPattern: try whole())
    var occurrences = Occurrences(dropped: isWhole ? 0 : try int())
    var last: Int64 = 0
    for _ in 0..<(try count()) {
      last += try whole()
      let source = Int32(truncatingIfNeeded: try whole())
      let value = try optional { reader throws(Damaged) in try reader.scalar() }
      occurrences.insert(
        Occurrences.Occurrence(instant: last, value: value, source: source)
      )
    }
    return (key, occurrences)
  }

  private mutating func scalar() throws(Damaged) -> Scalar {
    switch try byte() {
    case 0: return .bool(false)
    case 1: return .bool(true)
    case 2: return .number(Number(try text()) ?? .zero)
    case 3: return .text(try text())
    default: throw Damaged(position: 0)
    }
  }

  private mutating func membership(isOfLatest: Bool) throws(Damaged) -> Membership {
    let account = try text()
    let namings =
      isOfLatest
      ? [try naming()] : try items { reader throws(Damaged) in try reader.naming() }
    return Membership(account: account, namings: namings)
  }

  private mutating func naming() throws(Damaged) -> Membership.Naming {
    Membership.Naming(timestamp: try instant(), messageID: try text())
  }

  private mutating func instants() throws(Damaged) -> SortedMap<String, Timestamp> {
    SortedMap(try items { reader throws(Damaged) in (try reader.text(), try reader.instant()) })
  }

  private mutating func progress(_ rules: RuleIndex) throws(Damaged) -> (Int?, Progress) {
    let place = rules.modelByName[try text()]
    let outline = place.map { rules.outlines[$0] } ?? ModelOutline()
    let startedAt = try optionalInstant()
    let isSame = UInt64(bitPattern: try whole()) == outline.milestones
    let milestones = try items { reader throws(Damaged) in try reader.optionalInstant() }
    return (
      place,
      Progress(
        startedAt: startedAt,
        milestones: isSame ? milestones : Array(repeating: nil, count: outline.count),
        activatedAt: try optionalInstant(),
        segmentSince: try since(outline.segments),
        healthSince: try since(outline.health),
        until: try instant()
      )
    )
  }

  private mutating func since(_ rungs: [UInt64]) throws(Damaged) -> [Timestamp?] {
    let known = try items { reader throws(Damaged) in
      (UInt64(bitPattern: try reader.whole()), try reader.instant())
    }
    return rungs.map { rung in known.first { $0.0 == rung }?.1 }
  }

  private mutating func progressByPlace(_ rules: RuleIndex) throws(Damaged) -> (Int?, Progress) {
    let name = try text()
    return (
      rules.modelByName[name],
      Progress(
        startedAt: try optionalInstant(),
        milestones: try items { reader throws(Damaged) in try reader.optionalInstant() },
        activatedAt: try optionalInstant(),
        segmentSince: try items { reader throws(Damaged) in try reader.optionalInstant() },
        healthSince: try items { reader throws(Damaged) in try reader.optionalInstant() },
        until: try instant()
      )
    )
  }

  private mutating func counts() throws(Damaged) -> SortedMap<String, Int> {
    SortedMap(try items { reader throws(Damaged) in (try reader.text(), try reader.int()) })
  }

  private mutating func campaignRecord(
    isByPlace: Bool
  ) throws(Damaged) -> (String, CampaignRecord) {
    let name = try text()
    let enrolment = try optional { reader throws(Damaged) in
      try reader.enrolment(isByPlace: isByPlace)
    }
    let wasClosedSince = try bool()
    let done = try items { reader throws(Damaged) in
      (try reader.text(), try reader.items { reader throws(Damaged) in try reader.instant() })
    }
    return (
      name,
      CampaignRecord(
        enrolment: enrolment,
        wasClosedSince: wasClosedSince,
        doneAt: SortedMap(done)
      )
    )
  }

  private mutating func enrolment(isByPlace: Bool) throws(Damaged) -> Enrolment {
    let number = try int()
    let enteredAt = try instant()
    let actor = try optional { reader throws(Damaged) in try reader.text() }
    let ending = try optional { reader throws(Damaged) in
      Enrolment.Ending(
        at: try reader.instant(),
        reason: try reader.optional { reader throws(Damaged) in try reader.text() }
          .flatMap(Reason.Leave.init(code:))
      )
    }
    let steps = try items { reader throws(Damaged) in
      (try reader.text(), try reader.stepRecord())
    }
    return Enrolment(
      number: number,
      enteredAt: enteredAt,
      actor: actor,
      ending: ending,
      steps: SortedMap(steps),
      occurrences: isByPlace ? SortedMap() : try counts()
    )
  }

  private mutating func stepRecord() throws(Damaged) -> StepRecord {
    StepRecord(
      occurrences: try int(),
      plan: try optional { reader throws(Damaged) in try reader.plan() },
      done: try int(),
      firstDoneAt: try optionalInstant(),
      lastDoneAt: try optionalInstant(),
      lastNominalAt: try optionalInstant(),
      didHold: try bool(),
      isRePlanned: try bool()
    )
  }

  private mutating func plan() throws(Damaged) -> Plan {
    Plan(
      occurrence: try int(),
      nominalAt: try instant(),
      plannedAt: try instant(),
      isOutsideDays: try bool(),
      expiresAt: try instant(),
      actor: try optional { reader throws(Damaged) in try reader.text() },
      timing: UInt64(bitPattern: try whole()),
      waiting: try optional { reader throws(Damaged) in try reader.waiting() }
    )
  }

  private mutating func waiting() throws(Damaged) -> Plan.Waiting {
    guard let reason = Reason.Wait(rawValue: try text()) else { throw Damaged(position: position) }
    return Plan.Waiting(reason: reason, cause: try text(), until: try instant())
  }
}

extension Progress {
  init(
    startedAt: Timestamp?,
    milestones: [Timestamp?],
    activatedAt: Timestamp?,
    segmentSince: [Timestamp?],
    healthSince: [Timestamp?],
    until: Timestamp
  ) {
    self.startedAt = startedAt
    self.milestones = milestones
    self.activatedAt = activatedAt
    self.segmentSince = segmentSince
    self.healthSince = healthSince
    self.until = until
  }

  /// Whether it has as many parts as a model; after an edit it may not, and is worked out anew.
  fileprivate func fits(_ model: Model) -> Bool {
    milestones.count == model.milestones.count && segmentSince.count == model.segments.count
      && healthSince.count == model.health.count
  }
}

extension Reason.Leave {
  /// The way out that a reason code such as `left.bought` names.
  init?(code: String) {
    guard code.hasPrefix("left.") else { return nil }
    switch code {
    case "left.while-ended": self = .whileEnded
    case "left.unsubscribed": self = .unsubscribed
    case "left.deleted": self = .deleted
    default: self = .named(String(code.dropFirst("left.".count)))
    }
  }
}
