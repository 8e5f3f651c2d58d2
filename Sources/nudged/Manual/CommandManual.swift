import NudgeCore

/// The commands, as their `--help` tells them, in a manual page.
///
/// ArgumentParser describes itself in JSON; that is what `--help` is made of too.
struct CommandManual {
  private let root: JSONValue

  /// The manual of a program that describes itself so.
  init(_ description: JSONValue) {
    root = description["command"] ?? .null
  }

  /// What the program is for, as its help begins.
  var discussion: String { root["discussion"]?.text ?? "" }

  /// Writes every command, those that have others below them too.
  func write(to page: inout Roff) {
    for command in commands(of: root) { write(command, path: [], to: &page) }
  }

  private func write(_ command: JSONValue, path: [String], to page: inout Roff) {
    let words = path + [command["commandName"]?.text ?? ""]
    let inner = commands(of: command)
    if inner.isEmpty {
      page.subsection(synopsis(command, words))
      page.paragraph(command["abstract"]?.text ?? "")
      discuss(command["discussion"]?.text ?? "", &page)
      for argument in arguments(of: command) { write(argument, to: &page) }
    }
    for command in inner { write(command, path: words, to: &page) }
  }

  /// Paragraphs, and examples where lines are indented.
  private func discuss(_ text: String, _ page: inout Roff) {
    var rest = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while let line = rest.first {
      let isExample = line.hasPrefix("  ")
      let part = rest.prefix { !$0.isEmpty && $0.hasPrefix("  ") == isExample }
      rest = rest[part.endIndex...].drop(while: \.isEmpty)
      if isExample {
        page.code(part.map { String($0.dropFirst(2)) })
      } else {
        page.paragraph(part.joined(separator: " "))
      }
    }
  }

  private func commands(of command: JSONValue) -> [JSONValue] {
    guard case .array(let commands) = command["subcommands"] else { return [] }
    return commands.filter {
      $0["shouldDisplay"] != .bool(false) && $0["commandName"]?.text != "help"
    }
  }

  private func arguments(of command: JSONValue) -> [JSONValue] {
    guard case .array(let arguments) = command["arguments"] else { return [] }
    let everywhere = ["help", "version"]
    return arguments.filter { argument in
      argument["shouldDisplay"] == .bool(true)
        && !everywhere.contains(argument["preferredName"]?["name"]?.text ?? "")
    }
  }

  // MARK: One argument

  private func synopsis(_ command: JSONValue, _ words: [String]) -> String {
    let positional = arguments(of: command).filter { $0["kind"]?.text == "positional" }
    let names = positional.map { argument in
      let name = (argument["valueName"]?.text ?? "").uppercased()
      let many = argument["isRepeating"] == .bool(true) ? "…" : ""
      return argument["isOptional"] == .bool(true) ? "[\(name)\(many)]" : name + many
    }
    let hasOptions = arguments(of: command).count > positional.count
    return (["nudged"] + words + (hasOptions ? ["[OPTIONS]"] : []) + names).joined(separator: " ")
  }

  private func write(_ argument: JSONValue, to page: inout Roff) {
    let value = argument["valueName"]?.text ?? ""
    var meaning = argument["abstract"]?.text ?? ""
    if let standard = argument["defaultValue"]?.text, !meaning.contains("default:") {
      meaning += " (default: \(standard))"
    }
    if let words = values(of: argument), !meaning.contains(words) { meaning += " (\(words))" }
    switch argument["kind"]?.text {
    case "positional": page.item(value.uppercased(), [meaning])
    case "flag": page.item(names(of: argument), [meaning])
    default: page.item("\(names(of: argument)) \(value.uppercased())", [meaning])
    }
  }

  private func names(of argument: JSONValue) -> String {
    guard case .array(let names) = argument["names"] else { return "" }
    return names.compactMap { name in
      name["name"]?.text.map { "`\(name["kind"]?.text == "short" ? "-" : "--")\($0)`" }
    }.joined(separator: ", ")
  }

  private func values(of argument: JSONValue) -> String? {
    guard case .array(let values) = argument["allValues"] else { return nil }
    return values.compactMap(\.text).joined(separator: ", ")
  }
}
