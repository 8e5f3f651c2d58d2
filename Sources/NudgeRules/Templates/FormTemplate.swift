import Foundation
import Mustache
public import NudgeCore

/// A template of a channel: the body of its calls, or one of their headers.
///
/// A body yields JSON whatever the values are: a text with quotes or line ends cannot end the text that it stands in.
public struct FormTemplate: Sendable {
  /// Why a payload cannot be brought into this form.
  public struct Failure: Error, Hashable, Sendable {
    /// What is wrong, for people.
    public let reason: String
  }

  private let template: MustacheTemplate
  private let form: TemplateForm

  /// The body in a file; `nil`, with the reasons reported, when it cannot be used.
  public init?(body file: SourceFile, collector: DiagnosticCollector) {
    self.init(file, .json, at: nil, collector)
  }

  /// The header that a text of the settings writes; `nil`, with the reasons reported, when it cannot be used.
  public init?(header text: String, at place: Place, collector: DiagnosticCollector) {
    self.init(SourceFile(path: place.path, text: text), .header, at: place, collector)
  }

  private init?(
    _ file: SourceFile,
    _ form: TemplateForm,
    at place: Place?,
    _ collector: DiagnosticCollector
  ) {
    let inner = DiagnosticCollector()
    let source = TemplateSource(file, collector: inner)
    TemplateCheck(sources: [source], collector: inner).run()
    TransformCheck(source: source, collector: inner).run()
    let template =
      source.isDangerous ? nil : TemplateSet.compile(source, source.body, inner)
    for found in inner.diagnostics {
      collector.report(place.map { found.moved(to: $0, from: source) } ?? found)
    }
    guard let template, !inner.hasErrors else { return nil }
    self.template = template
    self.form = form
    guard form == .header || FormCheck(self, source, collector).isJSON() else { return nil }
  }

  /// The text for a payload.
  ///
  /// - Throws: ``Failure`` when it is too large, or no JSON and must be.
  public func text(for payload: JSONText) throws(Failure) -> String {
    try text(of: TemplateFields.of(payload.value?["data"] ?? .null))
  }

  func text(of fields: JSONValue) throws(Failure) -> String {
    let text = template.render(templateField(fields, as: form) ?? "")
    let largest = NudgeCore.Limits.payloadBytes
    guard text.utf8.count <= largest else {
      throw Failure(reason: "it has \(text.utf8.count) bytes, over \(largest)")
    }
    guard form == .json else { return text }
    do {
      _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
    } catch {
      throw Failure(reason: "it is no JSON\(Self.place(of: error, in: text))")
    }
    return text
  }

  /// Where a parser stumbled, in the words of the text; nothing when it does not tell.
  private static func place(of error: any Error, in text: String) -> String {
    let told = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? ""
    guard let number = told.firstMatch(of: /character (\d+)/).flatMap({ Int($0.1) }) else {
      return ""
    }
    let near = text.dropFirst(max(0, number - 24)).prefix(40).split(whereSeparator: \.isNewline)
    return " near `\(near.joined(separator: " "))`"
  }
}

/// What a template sees of a payload.
public enum TemplateFields {
  /// All of the payload's `data`, and for short `user`, `account` and `progress`; under `data` what the step gives
  /// along, beside the rest once more.
  public static func of(_ data: JSONValue) -> JSONValue {
    guard case .object(let members) = data else { return .object([]) }
    let given: [JSONValue.Member] = if case .object(let own)? = data["data"] { own } else { [] }
    let names = Set(members.map(\.key))
    let both = members + given.filter { !names.contains($0.key) }
    let short = ["user", "account", "progress"].map { name in
      JSONValue.Member(name, data[name == "user" ? "to" : name] ?? .null)
    }
    let others = members.filter { !["account", "progress", "data"].contains($0.key) }
    return .object([.init("data", .object(both))] + others + short)
  }
}

extension Diagnostic {
  /// What was found in a text of the settings, where that stands.
  fileprivate func moved(to place: Place, from source: TemplateSource) -> Diagnostic {
    Diagnostic(
      code,
      at: place,
      message.replacing("template `\(source.name)`", with: "this template"),
      level: level,
      label: label,
      help: help
    )
  }
}
