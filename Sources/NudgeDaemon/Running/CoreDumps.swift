import Foundation

/// The memory of the daemon holds what people did and who they are: when it crashes, none of it goes to a disk.
public enum CoreDumps {
  /// Lets this process leave none: the limit counts for files (setrlimit(2)), the filter for programs that take dumps from
  /// the kernel (core(5)).
  public static func turnOff() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    let filter = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
    guard filter >= 0 else { return }
    defer { close(filter) }
    // Where it cannot be written, the limit stays.
    _ = write(filter, "0\n", 2)
  }
}
