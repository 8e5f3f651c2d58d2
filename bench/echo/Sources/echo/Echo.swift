import Hummingbird

/// Collects the body of every POST and answers as nudged does, without keeping anything.
@main
struct Echo {
  static func main() async throws {
    let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8628
    let router = Router()
    router.post("**") { request, _ in
      let body = try await request.body.collect(upTo: 8 << 20)
      return body.readableBytes > 0 ? "{\"success\":true}" : "{\"success\":false}"
    }
    let application = Application(
      router: router,
      configuration: .init(address: .hostname("127.0.0.1", port: port))
    )
    try await application.runService()
  }
}
