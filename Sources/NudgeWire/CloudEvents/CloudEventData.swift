import NudgeCore

/// The data of an event, as properties: an object as it is, everything else under the name `data`.
struct CloudEventData {
  let properties: JSONText

  /// The data of an event in structured mode.
  init(of event: WireObject) {
    if let data = event["data"] {
      properties = CloudEventData.object(data.json)
    } else if let encoded = event["data_base64"] {
      properties = CloudEventData.decoded(encoded)
    } else {
      properties = .empty
    }
  }

  /// The body of an event in binary mode: JSON unless its type says that it is something else.
  init(_ body: [UInt8], contentType: String, depth: Int) throws(WireError) {
    if body.isEmpty {
      properties = .empty
    } else if CloudEventData.isJSON(contentType) {
      let strict = try LenientJSON.strict(body, depth: depth)
      properties = CloudEventData.object(JSONText(wellFormed: strict))
    } else if contentType.hasPrefix("application/x-www-form-urlencoded"),
      let strict = try? LenientJSON.strict(body, depth: depth)
    {
      // What curl and others say of any body that they are not told more of.
      properties = CloudEventData.object(JSONText(wellFormed: strict))
    } else {
      let text = JSONValue.string(String(decoding: body, as: UTF8.self))
      properties = CloudEventData.object(text.json)
    }
  }

  private static func object(_ json: JSONText) -> JSONText {
    let bytes = json.bytes.drop { $0 <= 0x20 }
    if bytes.first == UInt8(ascii: "{") { return json }
    return JSONText(wellFormed: Array("{\"data\":".utf8) + bytes + [UInt8(ascii: "}")])
  }

  /// The object that Base64 hides, as some SDKs do it; anything else stays as it came.
  private static func decoded(_ encoded: WireValue) -> JSONText {
    if let text = encoded.text, let bytes = Base64.decode(text.utf8),
      let strict = try? LenientJSON.strict(bytes, depth: WireLimits().depth)
    {
      return object(JSONText(wellFormed: strict))
    }
    return JSONText(wellFormed: Array("{\"data_base64\":".utf8) + encoded.bytes + [0x7D])
  }

  /// Whether a media type is JSON's (RFC 6839); without one it is (CloudEvents 1.0.2, section 3.1.1).
  private static func isJSON(_ contentType: String) -> Bool {
    let type = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
    return type.isEmpty || type.hasSuffix("/json") || type.hasSuffix("+json")
  }
}
