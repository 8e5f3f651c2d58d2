import NudgeCore

/// Reads the bands of a score.
struct BandReader {
  let session: RuleSession

  /// All bands, highest first; empty when there are none.
  func bands(of map: MapReader) -> [Score.Band]? {
    let nodes = map.list("bands")
    session.reportDuplicateNames(of: nodes, noun: "band", in: map.title)
    let maps = nodes.compactMap { node in
      let title = node["name"]?.text.map { "band `\($0)`" }
      return MapReader(node, as: .band, title: title, collector: session.collector)
    }
    let bands = maps.map(band)
    check(zip(bands, maps).compactMap { band, map in band.map { ($0, map) } }, of: map)
    guard let bands = bands.allPresent(), bands.count == nodes.count else { return nil }
    return bands
  }

  private func band(_ map: MapReader) -> Score.Band? {
    let name = map.name("name")
    guard let atLeast = map.whole("at_least"), let name else { return nil }
    return Score.Band(name: name, atLeast: atLeast)
  }

  private func check(_ bands: [(Score.Band, MapReader)], of map: MapReader) {
    var above: Score.Band?
    for (band, reader) in bands {
      check(band, reader, below: above)
      above = band
    }
    guard let last = bands.last, last.0.atLeast > 0 else { return }
    last.1.report(
      .ladderNoOtherwise,
      at: "at_least",
      "no band of \(map.title) begins at 0",
      label: ["totals below \(last.0.atLeast) have no name"]
    )
  }

  private func check(_ band: Score.Band, _ map: MapReader, below above: Score.Band?) {
    if band.atLeast > 100 {
      map.report(
        .unreachableBand,
        at: "at_least",
        "no total reaches band `\(band.name)`",
        label: ["a total is at most 100"]
      )
    } else if let above, band.atLeast == above.atLeast {
      map.report(
        .unreachableBand,
        at: "at_least",
        "band `\(band.name)` begins where band `\(above.name)` begins"
      )
    } else if let above, band.atLeast > above.atLeast {
      map.report(
        .ladderOrder,
        at: "at_least",
        "band `\(band.name)` stands below band `\(above.name)`, which begins at \(above.atLeast)",
        label: ["put the highest band first"]
      )
    }
  }
}
