import NudgeCore
import NudgeZones
import Testing

@Test func smoke() throws {
  let clock = ContinuousClock()
  var t = ZoneTable([], version: "")
  print(try clock.measure { t = try SystemZones.load() }, t.names.count, t.version)
}
