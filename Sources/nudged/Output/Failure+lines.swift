import Glibc
import NudgeDaemon
import NudgeWire

extension Failure {
  /// Why the lines of a file cannot be read.
  init(_ failure: LineSource.Failure) {
    switch failure {
    case .cannotOpen(let path, ENOENT), .cannotOpen(let path, ENOTDIR):
      self.init("there is no file \(path)", .noSuchFile)
    case .cannotOpen(let path, let code), .cannotRead(let path, let code):
      self.init("cannot read \(path): \(SystemError.text(code))", SystemError.status(code))
    case .badGzip(let path, .truncated):
      self.init("\(path) ends in the middle of its gzip data", .badData)
    case .badGzip(let path, let reason):
      self.init("\(path) is not good gzip: \(reason)", .badData)
    }
  }
}
