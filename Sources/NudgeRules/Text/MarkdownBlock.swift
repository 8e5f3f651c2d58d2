/// A fenced block of YAML in a page of Markdown (CommonMark 0.31, section 4.5).
///
/// Blocks whose fence says `yaml` or `yml` and nothing else; `yaml fragment` marks what is no whole file.
public struct MarkdownBlock: Hashable, Sendable {
  /// The block as a file with the page's path: each line stands where it stands in the page.
  public let file: SourceFile
  /// The line of its first line, counted from 1.
  public let line: Int
  /// What the keys at its top say that it is.
  public let format: FileFormat

  /// All blocks of a page, in its order.
  public static func blocks(of page: SourceFile) -> [MarkdownBlock] {
    var blocks: [MarkdownBlock] = []
    var fence: Fence?
    let lines = page.lines
    for (index, line) in lines.enumerated() {
      guard let open = fence else {
        fence = Fence(opening: line, at: index)
        continue
      }
      guard open.isClosed(by: line) else { continue }
      if open.holdsYAML { blocks.append(MarkdownBlock(lines, open.line + 1..<index, of: page)) }
      fence = nil
    }
    if let open = fence, open.holdsYAML {
      blocks.append(MarkdownBlock(lines, open.line + 1..<lines.count, of: page))
    }
    return blocks
  }

  private init(_ lines: [String], _ range: Range<Int>, of page: SourceFile) {
    let before = Array(repeating: "", count: range.lowerBound)
    let text = (before + lines[range]).joined(separator: "\n") + "\n"
    file = SourceFile(path: page.path, text: text)
    line = range.lowerBound + 1
    format = FileFormat(of: file)
  }
}

/// The line that opens a fenced block.
private struct Fence {
  /// Counted from 0.
  let line: Int
  private let mark: Character
  private let length: Int
  private let info: String

  /// `nil` when the line opens none.
  init?(opening text: String, at line: Int) {
    let text = text.trimmingSpaces
    guard let mark = text.first, mark == "`" || mark == "~" else { return nil }
    let length = text.prefix { $0 == mark }.count
    let info = text.dropFirst(length).trimmingSpaces
    guard length >= 3, mark == "~" || !info.contains("`") else { return nil }
    self.line = line
    self.mark = mark
    self.length = length
    self.info = info
  }

  var holdsYAML: Bool { info == "yaml" || info == "yml" }

  func isClosed(by text: String) -> Bool {
    let text = text.trimmingSpaces
    return text.count >= length && text.allSatisfy { $0 == mark }
  }
}
