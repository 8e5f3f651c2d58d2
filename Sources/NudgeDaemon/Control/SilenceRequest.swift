import NudgeCore
import NudgeRules

/// What an operator asks to be kept quiet, as it comes in a query; checked against the rules that run.
struct SilenceRequest {
  /// What is wrong with it, and what would be right.
  struct Invalid: Error {
    let message: String
  }

  let query: [String: String]
  let rules: RuleSet
  let zone: Zone

  /// The silence that is asked for, from an instant on.
  func silence(from now: Timestamp) throws(Invalid) -> Silence {
    let subject = try subject
    let (campaign, channel) = (try campaign, try channel)
    guard campaign != nil || channel != nil || subject != nil else {
      throw Invalid(message: "say what is to be silent: --campaign, --channel, --user or --account")
    }
    let until = try until(from: now)
    let comment = try comment
    return Silence(
      id: Silence.identity(of: [
        now.rfc3339, campaign ?? "", channel ?? "", subject?.description ?? "", comment,
      ]),
      campaign: campaign,
      channel: channel,
      subject: subject,
      comment: comment,
      from: now,
      until: until,
      by: by
    )
  }

  /// The pause that is asked for, from an instant on.
  func pause(of campaign: String, from now: Timestamp) throws(Invalid) -> Silence {
    .pause(of: try known(campaign), comment: try comment, from: now, by: by)
  }

  /// Who asks.
  var by: String { query["by"] ?? "" }

  /// A campaign by the name that it has in the rules.
  func known(_ name: String) throws(Invalid) -> String {
    try known(name, among: rules.campaigns.map(\.name), noun: "campaign")
  }

  private var comment: String {
    get throws(Invalid) {
      guard let comment = query["comment"], comment.contains(where: { !$0.isWhitespace }) else {
        throw Invalid(message: "a comment must say why: --comment TEXT")
      }
      return comment
    }
  }

  private var campaign: String? {
    get throws(Invalid) {
      guard let name = query["campaign"] else { return nil }
      return try known(name)
    }
  }

  private var channel: String? {
    get throws(Invalid) {
      guard let name = query["channel"] else { return nil }
      let sent = rules.campaigns.flatMap(\.steps).compactMap { step in
        if case .send(let channel) = step.action { channel } else { nil }
      }
      let names = Set(sent).union(rules.policy.channels.keys)
      return try known(name, among: names.sorted(), noun: "channel")
    }
  }

  private var subject: SubjectID? {
    get throws(Invalid) {
      let named = [query["user"].map(SubjectID.user), query["account"].map(SubjectID.account)]
        .compactMap(\.self)
      guard named.count < 2 else {
        throw Invalid(
          message: "--user and --account exclude each other; an account has its members"
        )
      }
      if let subject = named.first, subject.id.isEmpty {
        throw Invalid(message: "the id of the \(subject.kind.rawValue) is empty")
      }
      return named.first
    }
  }

  private func known(
    _ name: String,
    among names: [String],
    noun: String
  ) throws(Invalid) -> String {
    if names.contains(name) { return name }
    let nearest = Suggestion.nearest(to: name, among: names).map { ", did you mean \($0)?" }
    let all = names.isEmpty ? "; there is none" : "; there are: \(names.joined(separator: " · "))"
    throw Invalid(message: "no \(noun) is called \(name)\(nearest ?? all)")
  }

  // MARK: The end

  private func until(from now: Timestamp) throws(Invalid) -> Timestamp {
    switch (query["for"], query["until"]) {
    case (let text?, nil): try end(after: text, from: now)
    case (nil, let text?): try end(at: text, from: now)
    default: throw Invalid(message: "say when it ends: --for SPAN or --until TIME")
    }
  }

  private func end(after text: String, from now: Timestamp) throws(Invalid) -> Timestamp {
    do { return try Span(written: text).windowEnd(from: now, in: zone) } catch {
      let advice = error.label.joined(separator: " ")
      throw Invalid(message: "--for: \(error.message); \(advice)")
    }
  }

  private func end(at text: String, from now: Timestamp) throws(Invalid) -> Timestamp {
    let date = LocalDate(text).map { zone.startOfDay($0) }
    guard let instant = Timestamp(rfc3339: text) ?? date else {
      throw Invalid(
        message: "--until: `\(text)` is no instant; write 2026-03-09T13:00:00Z or 2026-03-09"
      )
    }
    guard instant > now else {
      throw Invalid(
        message: "--until: \(instant.text(in: zone)) has passed; now is \(now.text(in: zone))"
      )
    }
    return instant
  }
}
