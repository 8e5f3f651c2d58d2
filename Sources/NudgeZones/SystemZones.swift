import Glibc
public import NudgeCore

/// The time zones of the system's tzdata.
public enum SystemZones {
  /// Why a folder could not be read as tzdata.
  public enum Failure: Error, Hashable, Sendable {
    /// The folder cannot be read; the code is that of `errno`.
    case unreadable(path: String, code: Int32)
    /// A file of the folder is no zone, though it says so.
    case invalid(path: String, Zone.InvalidData)
    /// The folder holds no zone at all.
    case noZones(path: String)
  }

  /// Where Debian, and nearly every other system, keeps tzdata.
  public static let defaultDirectory = "/usr/share/zoneinfo"

  /// Every zone below a folder of TZif files, under its path inside the folder.
  ///
  /// The copies in `posix/` and `right/` and the machine's own choices (`localtime`, `posixrules`) are
  /// left out. Links share the tables of their target. The version is that of `+VERSION`, else that
  /// in the first line of `tzdata.zi`, else empty.
  public static func load(directory: String = defaultDirectory) throws(Failure) -> ZoneTable {
    var loader = ZoneLoader(root: directory)
    try loader.load(folder: "", depth: 0)
    guard !loader.zones.isEmpty else { throw .noZones(path: directory) }
    return ZoneTable(loader.zones, version: version(in: directory))
  }

  /// The version of the tzdata in a folder, such as `2025b`; empty when it does not say.
  public static func version(in directory: String) -> String {
    if let bytes = try? File.bytes(of: directory + "/+VERSION", limit: 64) {
      return firstWord(of: bytes[...])
    }
    let mark = Array("# version ".utf8)
    guard let bytes = try? File.bytes(of: directory + "/tzdata.zi", limit: 64),
      bytes.starts(with: mark)
    else { return "" }
    return firstWord(of: bytes.dropFirst(mark.count))
  }

  private static func firstWord(of bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
  }
}

/// Walks the folders of tzdata.
private struct ZoneLoader {
  /// `America/Argentina/Ushuaia` is the deepest that tzdata has.
  private static let deepestFolder = 4
  /// The largest file of tzdata has 3.6 KB.
  private static let largestFile = 65_536
  private static let skipped: Set<String> = ["posix", "right", "localtime", "posixrules"]

  let root: String
  private(set) var zones: [Zone] = []
  /// What has been read already, by device and inode: links are read once.
  private var known: [FileIdentity: Zone] = [:]

  init(root: String) {
    self.root = root
  }

  mutating func load(folder: String, depth: Int) throws(SystemZones.Failure) {
    let path = folder.isEmpty ? root : "\(root)/\(folder)"
    for name in try File.names(in: path) where !ZoneLoader.skipped.contains(name) {
      let inner = folder.isEmpty ? name : "\(folder)/\(name)"
      switch File.kind(of: "\(root)/\(inner)") {
      case .folder where depth < ZoneLoader.deepestFolder:
        try load(folder: inner, depth: depth + 1)
      case .file(let identity):
        try load(zone: inner, identity: identity)
      case .folder, .other:
        continue
      }
    }
  }

  private mutating func load(
    zone name: String,
    identity: FileIdentity
  ) throws(SystemZones.Failure) {
    if let zone = known[identity] {
      zones.append(zone.named(name))
      return
    }
    let path = "\(root)/\(name)"
    let bytes = try File.bytes(of: path, limit: ZoneLoader.largestFile)
    guard bytes.starts(with: "TZif".utf8) else { return }
    let zone: Zone
    do {
      zone = try Zone(name: name, tzif: bytes)
    } catch {
      throw .invalid(path: path, error)
    }
    known[identity] = zone
    zones.append(zone)
  }
}
