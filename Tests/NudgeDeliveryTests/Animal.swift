import NudgeTesting

/// A bad receiver, or a strange one.
struct Animal: Sendable {
  /// How it is met.
  enum Habitat: Sendable {
    /// It answers so.
    case http(LoopbackReceiver.Behaviour)
    /// TLS is wanted, and it says this and closes.
    case notTLS(String)
    /// TLS is wanted, and it says nothing.
    case silentTLS
    /// It speaks TLS with this certificate.
    case tls(String)
    /// Its name stands for nothing.
    case unknownName
    /// Nobody can tell what its name stands for.
    case silentNames
    /// Its name stands for an address of a private network.
    case privateAddress
    /// Nobody listens.
    case nobody
  }

  let name: String
  let habitat: Habitat
  /// Whether it lets us wait for ever, so that the deadline must end it.
  let hangs: Bool

  init(_ name: String, _ habitat: Habitat, hangs: Bool = false) {
    self.name = name
    self.habitat = habitat
    self.hangs = hangs
  }

  private init(_ name: String, _ script: LoopbackReceiver.Behaviour, hangs: Bool = false) {
    self.init(name, .http(script), hangs: hangs)
  }

  private static func asking(_ status: Int, for wait: String) -> Animal {
    Animal("\(status), Retry-After: \(wait)", .answer(status, headers: ["Retry-After": wait]))
  }

  private static let head = "HTTP/1.1 200 OK\r\n"

  /// All of the zoo, in the order of the golden table.
  static let all: [Animal] = names + connections + heads + bodies + statuses + waits + secure

  private static let names = [
    Animal("its name is unknown", .unknownName),
    Animal("its name is looked up for ever", .silentNames, hangs: true),
    Animal("its name leads into a private network", .privateAddress),
  ]

  private static let connections = [
    Animal("nobody listens", .nobody),
    Animal("reads, and never answers", .hang, hangs: true),
    Animal("resets the connection", .reset),
    Animal("closes without a word", .close),
  ]

  private static let heads = [
    Animal("stops within the status line", .stall("HTTP/1.1 2"), hangs: true),
    Animal("stops within the head", .stall(head + "content-le"), hangs: true),
    Animal("a byte of the head now and then", .trickle(head), hangs: true),
    Animal("a head without end", .flood(head, "x-more: abcdefghijklmnop\r\n")),
    Animal("one header without end", .flood(head + "x-more: ", "abcdefgh")),
    Animal("closes within the head", .raw(head + "content-le")),
    Animal("100 Continue, and no more", .stall("HTTP/1.1 100 Continue\r\n\r\n"), hangs: true),
    Animal(
      "102 and 103, then 204",
      .raw(
        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
      )
    ),
    Animal(
      "1xx without end",
      .flood("HTTP/1.1 102 Processing\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n"),
      hangs: true
    ),
    Animal("speaks SSH", .raw("SSH-2.0-OpenSSH_9.2\r\n")),
    Animal("speaks HTTP/0.9", .raw("<html>hello</html>\r\n")),
    Animal("binary garbage", .raw("\u{0}\u{1}\u{2}\u{7f}\r\n\r\n")),
    Animal("a status that is no number", .raw("HTTP/1.1 OK OK\r\n\r\n")),
    Animal("a length that is no number", .raw(head + "content-length: x\r\n\r\n")),
    Animal("two lengths", .raw(head + "content-length: 1\r\ncontent-length: 2\r\n\r\nab")),
    Animal("a negative length", .raw(head + "content-length: -1\r\n\r\n")),
  ]

  private static let bodies = [
    Animal("stops within the body", .stall(head + "content-length: 10\r\n\r\nabc"), hangs: true),
    Animal("a byte of the body now and then", .drip, hangs: true),
    Animal("a body without end", .endless),
    Animal(
      "chunks without end",
      .flood(head + "transfer-encoding: chunked\r\n\r\n", "5\r\nabcde\r\n")
    ),
    Animal("closes within the body", .raw(head + "content-length: 10\r\n\r\nabc")),
    Animal("more than it said", .raw(head + "content-length: 2\r\n\r\nabcdef")),
    Animal("a chunk that is none", .raw(head + "transfer-encoding: chunked\r\n\r\nzz\r\n")),
    Animal("a body with 204", .raw("HTTP/1.1 204 No Content\r\n\r\nhello")),
  ]

  private static let statuses =
    [
      200, 201, 202, 204, 206, 226, 299, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405,
      408, 409, 410, 413, 415, 421, 422, 425, 428, 429, 451, 499, 500, 501, 502, 503, 504, 507, 599,
    ].map { status in
      let headers = (300..<400).contains(status) ? ["Location": "/elsewhere"] : [:]
      return Animal("\(status)", .answer(status, headers: headers))
    } + [
      Animal("status 600", .raw("HTTP/1.1 600 Strange\r\ncontent-length: 0\r\n\r\n")),
      Animal("status 999", .raw("HTTP/1.1 999 Strange\r\ncontent-length: 0\r\n\r\n")),
    ]

  private static let waits = [
    asking(429, for: "0"), asking(429, for: "7"), asking(503, for: "1.5"),
    asking(503, for: "99999999999"), asking(429, for: "-1"), asking(429, for: "soon"),
    asking(503, for: "Sun, 06 Nov 1994 08:50:37 GMT"),
    asking(503, for: "Sunday, 06-Nov-94 08:50:37 GMT"),
    asking(503, for: "Sun Nov  6 08:50:37 1994"),
    asking(503, for: "Sat, 05 Nov 1994 08:50:37 GMT"),
    asking(502, for: "Mon, 31 Dec 2040 00:00:00 GMT"), asking(500, for: "7"), asking(404, for: "7"),
  ]

  private static let secure = [
    Animal("TLS as it should be", .tls("good")),
    Animal("TLS: signed by itself", .tls("self-signed")),
    Animal("TLS: for another name", .tls("other-name")),
    Animal("TLS: expired", .tls("expired")),
    Animal("TLS: answers in plain HTTP", .notTLS("HTTP/1.1 400 Bad Request\r\n\r\n")),
    Animal("TLS: refuses the handshake", .notTLS("\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{28}")),
    Animal("TLS: closes in the handshake", .notTLS("")),
    Animal("TLS: says nothing", .silentTLS, hangs: true),
  ]
}
