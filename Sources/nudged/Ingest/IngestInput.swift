import ArgumentParser
import Foundation
import NudgeCore
import NudgeDaemon
import NudgeRules
import NudgeWire

/// How the files of `nudged ingest` are read.
struct InputOptions: ParsableArguments {
  /// The forms of a file.
  enum Form: String, CaseIterable, ExpressibleByArgument {
    case jsonl
    case csv
  }

  @Option(
    help: ArgumentHelp(
      "What the files hold. (default: csv for names with .csv or .tsv and with --map or --set, else jsonl)",
      valueName: "form"
    )
  )
  var input: Form?

  @Option(
    help: ArgumentHelp(
      "A column of a table, and the field that it fills: --map email=traits.email.",
      valueName: "column=field"
    )
  )
  var map: [String] = []

  @Option(
    help: ArgumentHelp(
      "A field that is the same in every row without one: --set event=Imported.",
      valueName: "field=value"
    )
  )
  var set: [String] = []

  func validate() throws {
    _ = try maps
    _ = try constants
    if input == .jsonl, !map.isEmpty || !set.isEmpty {
      throw ValidationError("--map and --set are for tables: leave out --input jsonl.")
    }
  }

  /// What a file holds.
  func form(of file: String) -> Form {
    if let input { return input }
    if !map.isEmpty || !set.isEmpty { return .csv }
    let name = file.lowercased()
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    return plain.hasSuffix(".csv") || plain.hasSuffix(".tsv") ? .csv : .jsonl
  }

  /// The mapping of a table with this header.
  func mapping(of columns: [String], in file: String) throws(Failure) -> CSVMapping {
    do {
      return try CSVMapping(columns: columns, maps: try maps, constants: try constants)
    } catch let invalid as CSVMapping.Invalid {
      throw Failure("\(file):1: \(invalid.text)", .usage)
    } catch {
      throw Failure("\(error)", .usage)
    }
  }

  /// What makes another reading of the same file.
  var signature: String { (map + ["\n"] + set).joined(separator: "\n") }

  // MARK: Arguments

  private var maps: [(column: String, field: CSVField)] {
    get throws {
      try map.map { text in
        let parts = try InputOptions.sides(of: text, "--map", "column=field", last: true)
        return (parts.0, try InputOptions.field(parts.1, in: text, "--map"))
      }
    }
  }

  private var constants: [CSVMapping.Constant] {
    get throws {
      try set.map { text in
        let parts = try InputOptions.sides(of: text, "--set", "field=value", last: false)
        return CSVMapping.Constant(try InputOptions.field(parts.0, in: text, "--set"), parts.1)
      }
    }
  }

  /// What stands before and behind an equals sign: the last one behind the name of a column, which may hold some.
  private static func sides(
    of text: String,
    _ option: String,
    _ form: String,
    last: Bool
  ) throws -> (String, String) {
    let place = last ? text.lastIndex(of: "=") : text.firstIndex(of: "=")
    guard let place, place != text.startIndex, text.index(after: place) != text.endIndex else {
      throw ValidationError("\(option) takes \(form), and `\(text)` is not that.")
    }
    return (String(text[..<place]), String(text[text.index(after: place)...]))
  }

  private static func field(_ name: String, in text: String, _ option: String) throws -> CSVField {
    if let field = CSVField(name) { return field }
    let nearest = Suggestion.nearest(to: name, among: CSVField.envelopeNames)
    let advice = nearest.map { " Did you mean \($0)?" } ?? ""
    throw ValidationError(
      "\(option) \(text): there is no field \(name).\(advice) Fields are "
        + "\(CSVField.envelopeNames.joined(separator: ", ")), properties.NAME, traits.NAME and context.NAME."
    )
  }
}

extension CSVMapping.Invalid {
  /// What is wrong, and what would be right.
  fileprivate var text: String {
    switch self {
    case .noColumn(let name, let known):
      let nearest = Suggestion.nearest(to: name, among: known).map { ", did you mean `\($0)`?" }
      return "there is no column `\(name)`\(nearest ?? "; there are: \(listed(known))")"
    case .twice(let name): return "two columns are called `\(name)`; rename one"
    case .nothingTaken(let known):
      return "no column is called like a field, such as userId, event or timestamp; there are: "
        + "\(listed(known)). --map column=field says which is which"
    }
  }

  private func listed(_ names: [String]) -> String {
    names.map { "`\($0)`" }.joined(separator: " · ")
  }
}
