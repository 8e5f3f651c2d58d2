import Foundation
import NudgeCore
import NudgeRules

/// The form that each channel gives its calls, by templates of its own.
struct ChannelForms: Sendable {
  /// The form of one channel.
  struct Form: Sendable {
    /// `nil`: the payload itself leaves.
    let body: FormTemplate?
    /// Headers that differ from call to call.
    let headers: [(name: String, value: FormTemplate)]
  }

  /// By channel.
  let forms: [String: Form]
  /// The files that they were read from, to show places.
  let files: [SourceFile]

  /// What a channel sends instead of a payload; `nil` for a channel without a form.
  func request(channel: String, payload: JSONText) -> ChannelRequest? {
    guard let form = forms[channel] else { return nil }
    do throws(FormTemplate.Failure) {
      let body = try form.body?.text(for: payload)
      let headers = try form.headers.map { name, value throws(FormTemplate.Failure) in
        ChannelRequest.Header(name, try value.text(for: payload))
      }
      return .ready(body: body.map { JSONText(wellFormed: Array($0.utf8)) }, headers: headers)
    } catch {
      return .failed(
        reason: "the body that the channel's template gives cannot be sent: \(error.reason)"
      )
    }
  }
}

/// Reads the templates of the channels in a settings file.
struct ChannelFormsReader {
  let collector: DiagnosticCollector
  /// The folder of the settings file, to which its paths are relative.
  let folder: String

  /// The forms of all channels; what is wrong with them is reported.
  func forms(of settings: YAMLNode) -> ChannelForms {
    var forms: [String: ChannelForms.Form] = [:]
    var files: [SourceFile] = []
    for channel in settings["channels"]?.entries ?? [] {
      let file = channel.value["body"].flatMap(bodyFile)
      let body = file.flatMap { FormTemplate(body: $0, collector: collector) }
      let headers = (channel.value["headers"]?.entries ?? []).compactMap(header)
      if let file { files.append(file) }
      if body != nil || !headers.isEmpty {
        forms[channel.key] = ChannelForms.Form(body: body, headers: headers)
      }
    }
    return ChannelForms(forms: forms, files: files)
  }

  /// The files that bodies are read from, whether they are there or not.
  func paths(of settings: YAMLNode) -> [String] {
    (settings["channels"]?.entries ?? []).compactMap { $0.value["body"].flatMap(bodyPath) }
  }

  private func bodyPath(_ node: YAMLNode) -> String? { node.text?.resolved(in: folder) }

  private func bodyFile(_ node: YAMLNode) -> SourceFile? {
    guard let path = bodyPath(node) else { return nil }
    if let bytes = FileManager.default.contents(atPath: path) {
      return SourceFile(path: path, bytes: Array(bytes))
    }
    collector.report(
      .missingTemplate,
      at: node.place,
      "there is no file `\(path)` that can be read",
      label: ["write the path of a Mustache file, as seen from the settings"]
    )
    return nil
  }

  private func header(_ entry: YAMLEntry) -> (name: String, value: FormTemplate)? {
    guard let text = entry.value.text, text.contains("{{") else { return nil }
    return FormTemplate(header: text, at: entry.value.place, collector: collector)
      .map { (entry.key, $0) }
  }
}
