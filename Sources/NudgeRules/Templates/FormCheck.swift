import NudgeCore

/// Tries a body with made-up values: with those alone that every intervention has, and with texts that would break a
/// JSON text if they could.
struct FormCheck {
  private let template: FormTemplate
  private let source: TemplateSource
  private let collector: DiagnosticCollector

  init(_ template: FormTemplate, _ source: TemplateSource, _ collector: DiagnosticCollector) {
    self.template = template
    self.source = source
    self.collector = collector
  }

  /// Whether it yields JSON in each case; reports the first in which it does not.
  func isJSON() -> Bool {
    complaint(
      FormCheck.least,
      "when all that may be absent is absent",
      "put what may be absent in quotes, or into a section: {{#x}}…{{/x}}{{^x}}null{{/x}}"
    )
      && complaint(
        full(with: .string("Ana")),
        "when each value is a text",
        "put values in quotes, or write {{json(x)}}"
      )
      && complaint(
        full(with: .string(FormCheck.hostile)),
        "when a value has quotes and line ends in it",
        "put values in quotes, or write {{json(x)}}"
      )
  }

  private func complaint(_ data: JSONValue, _ when: String, _ advice: String) -> Bool {
    do throws(FormTemplate.Failure) {
      _ = try template.text(of: TemplateFields.of(data))
      return true
    } catch {
      collector.report(
        .templateSyntax,
        at: Place(path: source.path, line: 1, column: 1),
        "the body `\(source.name)` cannot be sent \(when): \(error.reason)",
        label: [advice]
      )
      return false
    }
  }

  private static let hostile = "\"},{\\\"\u{2028}\r\n\t\u{0}{{user.id}}</script>'\\"

  /// What every intervention has.
  private static let least: JSONValue = {
    let user = JSONValue.object([
      .init("type", .string("user")), .init("id", .string("ana")), .init("traits", .object([])),
    ])
    let texts = ["id", "campaign", "step", "channel", "nominal_at", "decided_at", "rule_set"]
    return .object(
      texts.map { JSONValue.Member($0, .string("text")) } + [
        .init("late_by", .string("PT0S")), .init("to", user), .init("subject", user),
        .init("data", .object([])),
        .init(
          "progress",
          .object([
            .init("model", .string("onboarding")), .init("milestones", .object([])),
            .init("scores", .object([])),
          ])
        ),
      ]
    )
  }()

  /// The same with a value at every place that the template asks for; where numbers stand, a number.
  private func full(with value: JSONValue) -> JSONValue {
    source.tags.filter { [.field, .section].contains($0.kind) }
      .map(FormCheck.payloadPath)
      .sorted { $0.count > $1.count }
      .reduce(FormCheck.least) { data, path in
        let isNumber = ["occurrence", "sequence"].contains(path.first) || path.isOfNumber
        return data.filled(path[...], isNumber ? .number(Number(7)) : value)
      }
  }

  /// Where in the payload's data a tag finds what it asks for.
  private static func payloadPath(of tag: TemplateTag) -> [String] {
    let path = tag.path
    switch path.first {
    case "user": return ["to"] + path.dropFirst()
    default: return path
    }
  }
}

extension [String] {
  fileprivate var isOfNumber: Bool {
    first == "progress" && count > 1 && (self[1] == "day" || self[1] == "scores" && count == 3)
  }
}

extension JSONValue {
  /// The value with another at a place inside it; what stands there as a map stays.
  fileprivate func filled(_ path: ArraySlice<String>, _ value: JSONValue) -> JSONValue {
    guard let name = path.first, !name.isEmpty else {
      if case .object = self { return self }
      return value
    }
    guard case .object(var members) = self else {
      return JSONValue.object([]).filled(path, value)
    }
    if let place = members.firstIndex(where: { $0.key == name }) {
      members[place] = Member(name, members[place].value.filled(path.dropFirst(), value))
    } else {
      members.append(Member(name, JSONValue.null.filled(path.dropFirst(), value)))
    }
    return .object(members)
  }
}

/// Looks at the transforms that a channel's template names, as in `{{json(user.traits)}}`.
struct TransformCheck {
  let source: TemplateSource
  let collector: DiagnosticCollector

  /// Reports those that there are not.
  func run() {
    for tag in source.tags where tag.name.contains("(") {
      let names = tag.name.split(separator: "(").dropLast().map(String.init)
      for name in names where !JSONValue.transforms.contains(name) {
        collector.report(
          .templateSyntax,
          at: tag.place(in: source.path),
          "there is no transform `\(name)`",
          label: Suggestion.label(for: name, among: JSONValue.transforms)
        )
      }
    }
  }
}
