import Glibc

/// What the system knows of this process, from `/proc/self` (proc(5)); no other part of `/proc` is needed.
struct ProcessFigures: Hashable {
  let cpuSeconds: Double
  let residentBytes: Double
  let virtualBytes: Double
  /// From the system's start to ours.
  let secondsFromBoot: Double

  /// The figures of a `stat` line; `nil` for any other text.
  init?(stat line: String, ticksPerSecond: Double, bytesPerPage: Double) {
    // The second field is a name in brackets, and may hold spaces and brackets itself.
    guard let end = line.lastIndex(of: ")") else { return nil }
    let fields = line[line.index(after: end)...].split(separator: " ").map { Double($0) }
    // Field 3 of proc(5) is the first behind the name.
    guard fields.count > 21, let user = fields[11], let system = fields[12],
      let start = fields[19], let virtual = fields[20], let resident = fields[21]
    else { return nil }
    cpuSeconds = (user + system) / ticksPerSecond
    residentBytes = resident * bytesPerPage
    virtualBytes = virtual
    secondsFromBoot = start / ticksPerSecond
  }

  /// The figures now; `nil` where there is no `/proc`.
  static func current() -> ProcessFigures? {
    guard let line = text(of: "/proc/self/stat") else { return nil }
    return ProcessFigures(
      stat: line,
      ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
      bytesPerPage: Double(sysconf(Int32(_SC_PAGESIZE)))
    )
  }

  /// How many descriptors are open; `nil` where there is no `/proc`.
  static func openDescriptors() -> Int? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    // Neither `.`, nor `..`, nor the folder that is open to be counted.
    return count - 3
  }

  /// How many descriptors may be open.
  static func descriptorLimit() -> Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
    return Int(exactly: limit.rlim_cur)
  }

  /// When the system started, in seconds since the epoch by today's clock.
  static func bootTime() -> Double {
    (SystemTime.ofDay - SystemTime.sinceBoot) / .seconds(1)
  }

  private static func text(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Limits.procFileBytes)
    let count = read(descriptor, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}

/// The figures of this process under the names that Prometheus's own clients use.
struct ProcessMetrics: Sendable {
  private let cpu: MetricFamily<CounterCell>
  private let resident: MetricFamily<GaugeCell>
  private let virtual: MetricFamily<GaugeCell>
  private let open: MetricFamily<GaugeCell>
  private let most: MetricFamily<GaugeCell>
  private let start: MetricFamily<GaugeCell>
  /// Read once: later readings would move with every correction of the clock.
  private let startTime: Double

  init(in registry: MetricsRegistry) {
    cpu = registry.counter("process_cpu_seconds", help: "CPU time, of users and system.")
    resident = registry.gauge("process_resident_memory_bytes", help: "Memory in RAM.")
    virtual = registry.gauge("process_virtual_memory_bytes", help: "Memory in all.")
    open = registry.gauge("process_open_fds", help: "Open file descriptors.")
    most = registry.gauge("process_max_fds", help: "File descriptors that may be open.")
    start = registry.gauge(
      "process_start_time_seconds",
      help: "When the process started, since the epoch."
    )
    let fromBoot = ProcessFigures.current()?.secondsFromBoot ?? 0
    startTime = (ProcessFigures.bootTime() + fromBoot).rounded()
  }

  /// Reads all of it again.
  func refresh() {
    start.cell().set(startTime)
    if let figures = ProcessFigures.current() {
      cpu.cell().set(figures.cpuSeconds)
      resident.cell().set(figures.residentBytes)
      virtual.cell().set(figures.virtualBytes)
    }
    if let count = ProcessFigures.openDescriptors() { open.cell().set(Int64(count)) }
    if let limit = ProcessFigures.descriptorLimit() { most.cell().set(Int64(limit)) }
  }
}
