import Foundation
public import NudgeCore
import NudgeRules
import NudgeStore
import NudgeZones

/// Looks at everything that nudged stands on, and says what to do about what is wrong.
///
/// Nothing is changed and nothing is sent. It works with a daemon that runs and without one.
public struct Doctor: Sendable {
  /// The settings file; `nil`: the standard settings.
  public let settingsPath: String?
  /// The variables of the process.
  public let environment: [String: String]
  /// The daemon's socket; `nil`: that of the settings.
  public let control: String?
  /// The time of day.
  public let now: Timestamp
  /// Whether a large database is looked through too.
  public let isThorough: Bool

  /// A doctor of what these name.
  public init(
    settingsPath: String?,
    environment: [String: String],
    control: String?,
    now: Timestamp,
    isThorough: Bool
  ) {
    self.settingsPath = settingsPath
    self.environment = environment
    self.control = control
    self.now = now
    self.isThorough = isThorough
  }

  /// All findings, in the order in which things rest on each other.
  public func examine() async -> [Finding] {
    let zones: ZoneTable
    do { zones = try SystemZones.load() } catch {
      return [
        .bad(
          "zones",
          "the system's time zones cannot be read: \(error)",
          "install the package tzdata"
        )
      ]
    }
    var findings = machine(zones)
    let configuration: Configuration
    do { configuration = try read(zones) } catch {
      let advice = "give the user of nudged the right to read it"
      return findings + [.bad("settings", error.localizedDescription, advice)]
    }
    findings += rules(configuration)
    guard let settings = configuration.settings else { return findings }
    findings += DiskExam(settings: settings).findings
    findings += DataExam(path: settings.database, now: now, isThorough: isThorough).findings
    findings += SecretExam(settings: settings, environment: environment).findings
    findings += CertificateExam(settings: settings, now: now).findings
    let outboxes = OutboxExam(
      settings: settings,
      configuration: configuration,
      environment: environment
    )
    findings += await outboxes.findings
    return findings + (await DaemonExam(path: control ?? settings.control, zones: zones).findings)
  }

  private func machine(_ zones: ZoneTable) -> [Finding] {
    ClockExam(now: now).findings + [zoneData(zones), LibraryExam().finding]
  }

  private func zoneData(_ zones: ZoneTable) -> Finding {
    guard !zones.version.isEmpty else {
      let text =
        "\(zones.names.count) zones in \(SystemZones.defaultDirectory), which does not tell its version"
      return .warning("zones", text, "install the package tzdata of a current distribution")
    }
    let text = "tzdata \(zones.version), \(zones.names.count) zones"
    let year = Int(Zone.utc.date(at: now).description.prefix(4)) ?? 0
    guard let of = Int(zones.version.prefix(4)), of >= year - 1 else {
      return .warning(
        "zones",
        "\(text), over a year old",
        "upgrade the package tzdata: offsets have changed since"
      )
    }
    return .good("zones", text)
  }

  private func read(_ zones: ZoneTable) throws -> Configuration {
    try Configuration.read(
      settingsPath: settingsPath,
      zones: zones,
      today: Zone.utc.date(at: now)
    )
  }

  private func rules(_ configuration: Configuration) -> [Finding] {
    let source = settingsPath ?? "none in this folder; the standard ones hold"
    let errors = configuration.diagnostics.filter { $0.level == .error }
    guard let first = errors.first else {
      let summary = configuration.reading.summary
      return [
        .good("settings", source),
        .good(
          "rules",
          "no errors; campaigns \(summary.campaigns), models \(summary.models), files \(summary.files)"
        ),
      ]
    }
    let count = errors.count == 1 ? "1 error" : "\(errors.count) errors, the first"
    let isOfSettings = configuration.settings == nil
    return [
      .bad(
        isOfSettings ? "settings" : "rules",
        "\(count): \(first.place): \(first.message)",
        "nudged check" + (settingsPath.map { " --config \($0)" } ?? "")
      )
    ]
  }
}
