import HTTPTypes
import NudgeWire

extension CloudEventsDecoder.Mode {
  /// The mode of a request (CloudEvents HTTP protocol binding 1.0.2, section 3): by its media type, else by
  /// whether its head carries attributes.
  ///
  /// - Throws: `IngestRefusal` for a format that is not JSON.
  init(_ headers: HTTPFields) throws {
    let contentType = headers[.contentType] ?? ""
    let media = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
    let attributes = headers.compactMap(CloudEventsDecoder.Attribute.init)
    if media.hasPrefix("application/cloudevents") {
      guard media.hasSuffix("+json") else {
        throw IngestRefusal(
          status: 415,
          code: "unknown-format",
          message: "CloudEvents are taken as JSON: application/cloudevents+json, "
            + "application/cloudevents-batch+json, or attributes in the head"
        )
      }
      self = .structured
    } else {
      self =
        attributes.isEmpty
        ? .structured : .binary(attributes: attributes, contentType: contentType)
    }
  }
}

extension CloudEventsDecoder.Attribute {
  /// The attribute that a field of the head holds; `nil` for other fields.
  fileprivate init?(_ field: HTTPField) {
    let name = field.name.canonicalName.lowercased()
    guard name.hasPrefix("ce-"), name.count > 3 else { return nil }
    self.init(
      String(name.dropFirst(3)),
      PercentEncoding.decode(CloudEventsDecoder.Attribute.unquoted(field.value))
    )
  }

  /// The text between the quotes that older senders put round a value.
  private static func unquoted(_ value: String) -> String {
    guard value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") else { return value }
    return String(value.dropFirst().dropLast().replacing("\\\"", with: "\""))
  }
}
