/// What one event can have changed for a subject, while its timer is not due and nothing but events has happened.
struct Reach {
  /// The series that the event adds to.
  let series: [Int]
  /// The models in which the subject's progress has moved.
  let models: [Int]

  /// The reach of a trigger; `nil` when anything may have changed.
  init?(of trigger: Trigger?, moving models: [Int], before wake: Timestamp, now: Timestamp) {
    guard let trigger, !trigger.isBroad, now < wake else { return nil }
    series = trigger.series
    self.models = models
  }
}

extension RuleIndex {
  /// The places of the campaigns that may ask about something that a reach holds, ascending.
  func campaigns(askingAbout reach: Reach) -> [Int] {
    if !reach.models.isEmpty { return Array(set.campaigns.indices) }
    if reach.series.count == 1 { return campaignsBySeries[reach.series[0]] }
    return Set(reach.series.flatMap { campaignsBySeries[$0] }).sorted()
  }

  /// Whether a campaign asks those inside, or those outside, about something that a reach holds.
  func touches(_ reach: Reach, campaign place: Int, isInside: () -> Bool) -> Bool {
    if reach.models.contains(set.campaigns[place].model) { return true }
    return seriesByCampaign[place].containsAny(of: reach.series)
      && (seriesByWayIn[place].containsAny(of: reach.series) || isInside())
  }

  /// Whether a mute asks about something that a reach holds, so that a plan may wait no longer.
  func touchesMutes(_ reach: Reach) -> Bool { seriesOfMutes.containsAny(of: reach.series) }

  /// Whether any campaign, or a mute, asks about something that a reach holds.
  func touchesAny(_ reach: Reach) -> Bool {
    !reach.models.isEmpty || seriesOfCampaigns.containsAny(of: reach.series)
  }
}
