import NudgeCore
import NudgeRules

// What came of all tests, for programs.

extension TestRun {
  /// One JSON object.
  var json: JSONValue {
    .object([
      .init("tests", .array(items.map(\.json))),
      .init("passed", .whole(passed)),
      .init("failed", .whole(failed)),
      .init("milliseconds", .whole(milliseconds)),
      .init("coverage", coverage.json),
    ])
  }

  /// JUnit's XML: a suite for each file.
  var junit: String {
    let suites = byFile.map { file, items in
      let failed = items.count { !$0.result.passed }
      let time = items.map(\.milliseconds).reduce(0, +).asSeconds
      return """
          <testsuite name="\(file.asXML)" tests="\(items.count)" failures="\(failed)" time="\(time)">
        \(items.map(\.junit).joined(separator: "\n"))
          </testsuite>
        """
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites tests="\(items.count)" failures="\(failed)" time="\(milliseconds.asSeconds)">
      \(suites.joined(separator: "\n"))
      </testsuites>

      """
  }

  /// The Test Anything Protocol, version 14.
  var tap: String {
    let lines = items.enumerated().flatMap { place, item in item.tapLines(number: place + 1) }
    return (["TAP version 14", "1..\(items.count)"] + lines).map { $0 + "\n" }.joined()
  }
}

extension TestRun.Item {
  fileprivate var json: JSONValue {
    .object([
      .init("file", .string(file)),
      .init("line", .whole(result.test.place.line)),
      .init("name", .string(result.test.name)),
      .init("passed", .bool(result.passed)),
      .init("milliseconds", .whole(milliseconds)),
      .init("failures", .array(result.failures.map(\.json))),
    ])
  }

  fileprivate var junit: String {
    let head =
      "    <testcase name=\"\(result.test.name.asXML)\" classname=\"\(file.asXML)\" "
      + "file=\"\(file.asXML)\" line=\"\(result.test.place.line)\" time=\"\(milliseconds.asSeconds)\""
    guard !result.passed else { return head + "/>" }
    let failures = result.failures.map { failure in
      let message = "\(failure.title): expected \(failure.expected); got \(failure.got)"
      let text = failure.lines(in: file, usesSymbols: true).joined(separator: "\n")
      return "      <failure message=\"\(message.asXML)\">\(text.asXML)</failure>"
    }
    return ([head + ">"] + failures + ["    </testcase>"]).joined(separator: "\n")
  }

  fileprivate func tapLines(number: Int) -> [String] {
    let name = result.test.name.replacing("#", with: "\\#")
    let line = "\(result.passed ? "ok" : "not ok") \(number) - \(file): \(name)"
    guard !result.passed else { return [line] }
    let lines = result.failures.flatMap { $0.lines(in: file, usesSymbols: true) }
    return [line, "  ---", "  message: |"] + lines.map { "    " + $0 } + ["  ..."]
  }
}

extension CampaignTestFailure {
  fileprivate var json: JSONValue {
    .object([
      .init("file", .string(place.path)),
      .init("line", .whole(place.line)),
      .init("column", .whole(place.column)),
      .init("title", .string(title)),
      .init("expected", .string(expected)),
      .init("got", .string(got)),
      .init("why", .array(why.map(JSONValue.string))),
    ])
  }
}

extension TestCoverage {
  fileprivate var json: JSONValue {
    .object([
      .init("percent", .whole(percent)),
      .init("steps", stepShare.json(missing: unsentSteps.map(JSONValue.string))),
      .init("conditions", conditionShare.json(missing: gaps.map(\.json))),
    ])
  }
}

extension TestCoverage.Share {
  fileprivate func json(missing: [JSONValue]) -> JSONValue {
    .object([
      .init("covered", .whole(covered)), .init("total", .whole(total)),
      .init("missing", .array(missing)),
    ])
  }
}

extension TestCoverage.Gap {
  fileprivate var json: JSONValue {
    .object([
      .init("campaign", .string(node.campaign)), .init("place", .string(node.place)),
      .init("condition", .string(node.text)),
      .init("seen_true", .bool(answers.contains(.yes))),
      .init("seen_false", .bool(answers.contains(.no))),
    ])
  }
}

extension Int {
  /// Milliseconds as seconds with three decimals.
  fileprivate var asSeconds: String {
    let rest = String(self % 1000)
    return "\(self / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
  }
}

extension String {
  /// The text between tags or quotes of XML 1.0; characters that it forbids are left out.
  fileprivate var asXML: String {
    unicodeScalars.map { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "\n", "\t": String(scalar)
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": ""
      default: String(scalar)
      }
    }
    .joined()
  }
}
