import Mustache
import NudgeCore

/// How a template writes the texts that it is given.
enum TemplateForm: Hashable, Sendable {
  /// Inside a JSON text, between quotes: no value can end the text that it stands in.
  case json
  /// In a header: on one line.
  case header

  /// A text as it stands in the result.
  func written(_ text: String) -> String {
    switch self {
    case .json: String(JSONValue.string(text).json.text.dropFirst().dropLast())
    case .header:
      String(
        String.UnicodeScalarView(
          text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        )
      )
    }
  }
}

/// What a template sees of a JSON value; `nil` for null, which counts as absent.
///
/// Texts are written by the form before Mustache sees them, so that `{{{x}}}` and `{{&x}}` give no more than `{{x}}`.
func templateField(_ value: JSONValue, as form: TemplateForm) -> (any Sendable)? {
  switch value {
  case .null: nil
  case .bool, .number, .string: ScalarField(value: value, form: form)
  case .array(let values): ListField(values: values, form: form)
  case .object(let members): ObjectField(members: members, form: form)
  }
}

/// What every kind of field can be turned into.
extension JSONValue {
  fileprivate func transformed(_ name: String, _ form: TemplateForm) -> (any Sendable)? {
    switch (name, self) {
    case ("json", _) where form == .json: FixedField(text: json.text)
    case ("lowercased", .string(let text)): templateField(.string(text.lowercased()), as: form)
    case ("uppercased", .string(let text)): templateField(.string(text.uppercased()), as: form)
    case ("capitalized", .string(let text)): templateField(.string(text.titled), as: form)
    case ("html", .string(let text)): templateField(.string(text.withoutMarkup), as: form)
    case ("html", .number), ("html", .bool): templateField(self, as: form)
    case ("empty", .string(let text)): templateField(.bool(text.isEmpty), as: form)
    case ("empty", .array(let values)): templateField(.bool(values.isEmpty), as: form)
    case ("count", .array(let values)): templateField(.whole(values.count), as: form)
    case ("first", .array(let values)): values.first.flatMap { templateField($0, as: form) }
    case ("last", .array(let values)): values.last.flatMap { templateField($0, as: form) }
    default: nil
    }
  }

  /// The transforms that there are.
  static let transforms = [
    "json", "html", "lowercased", "uppercased", "capitalized", "empty", "count", "first", "last",
  ]
}

/// A text that stands in the result as it is.
private struct FixedField: MustacheCustomRenderable, Sendable {
  let text: String

  var renderText: String { text }
  var isNull: Bool { false }
}

private struct ScalarField: MustacheCustomRenderable, MustacheTransformable, Sendable {
  let value: JSONValue
  let form: TemplateForm

  var renderText: String {
    switch value {
    case .string(let text): form.written(text)
    case .null, .bool, .number, .array, .object: value.json.text
    }
  }

  /// A section of what is false is left out.
  var isNull: Bool { value == .bool(false) }

  func transform(_ name: String) -> Any? { value.transformed(name, form) }
}

private struct ListField: MustacheSequence, MustacheCustomRenderable, MustacheTransformable {
  let values: [JSONValue]
  let form: TemplateForm

  var renderText: String { "" }
  var isNull: Bool { values.isEmpty }

  func makeIterator() -> AnyIterator<Any> {
    var rest = values.makeIterator()
    let form = form
    return AnyIterator {
      while let value = rest.next() {
        if let field = templateField(value, as: form) { return field }
      }
      return nil
    }
  }

  func transform(_ name: String) -> Any? { JSONValue.array(values).transformed(name, form) }
}

private struct ObjectField: MustacheParent, MustacheCustomRenderable, MustacheTransformable {
  let members: [JSONValue.Member]
  let form: TemplateForm

  var renderText: String { "" }
  var isNull: Bool { false }

  func child(named name: String) -> Any? {
    members.last { $0.key == name }.flatMap { templateField($0.value, as: form) }
  }

  func transform(_ name: String) -> Any? { JSONValue.object(members).transformed(name, form) }
}

extension String {
  /// Each word with a capital at its start.
  fileprivate var titled: String {
    split(separator: " ", omittingEmptySubsequences: false)
      .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
  }

  /// As text of HTML, and of a chat message: nothing in it is a tag, a link or a mention.
  fileprivate var withoutMarkup: String {
    reduce(into: "") { text, character in
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      default: text.append(character)
      }
    }
  }
}
