import Glibc
import NudgeTesting
import Testing

@testable import NudgeDaemon

struct `A directory's lock` {
  @Test func `tells a second comer who holds it`() throws {
    let folder = try TemporaryFolder()
    let lock = try DirectoryLock(folder.path(of: "nudged.db"))
    #expect(throws: DirectoryLock.Failure.held(by: getpid())) {
      _ = try DirectoryLock(folder.path(of: "nudged.db"))
    }
    #expect(try folder.read("nudged.db.lock") == "\(getpid())\n")
    _ = consume lock
  }

  @Test func `is free again when its value goes`() throws {
    let folder = try TemporaryFolder()
    do { _ = try DirectoryLock(folder.path(of: "nudged.db")) }
    let lock = try DirectoryLock(folder.path(of: "nudged.db"))
    #expect(try folder.read("nudged.db.lock") == "\(getpid())\n")
    _ = consume lock
  }

  @Test func `does not mind what a dead owner left behind`() throws {
    let folder = try TemporaryFolder()
    try folder.write("4294967\nand more", to: "nudged.db.lock")
    let lock = try DirectoryLock(folder.path(of: "nudged.db"))
    #expect(try folder.read("nudged.db.lock") == "\(getpid())\n")
    _ = consume lock
  }

  @Test(arguments: ["", "no number\n"])
  func `says so when the holder has not given its name`(content: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(content, to: "nudged.db.lock")
    let other = open(file, O_RDWR | O_CLOEXEC)
    defer { close(other) }
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    #expect(throws: DirectoryLock.Failure.held(by: nil)) {
      _ = try DirectoryLock(folder.path(of: "nudged.db"))
    }
  }

  @Test func `names the call that the system refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path(of: "absent/nudged.db")
    let failure = DirectoryLock.Failure.system(path: path + ".lock", call: "open", errno: ENOENT)
    #expect(throws: failure) { _ = try DirectoryLock(path) }
  }

  @Test(arguments: [
    (DirectoryLock.Failure.held(by: 17), "another nudged runs here, process 17"),
    (.held(by: nil), "another nudged runs here"),
    (.system(path: "/a.lock", call: "open", errno: EACCES), "/a.lock: open: Permission denied"),
  ])
  func `explains itself`(failure: DirectoryLock.Failure, text: String) {
    #expect(failure.description == text)
  }
}

struct `An exit status` {
  @Test func `has the number that the manual gives it`() {
    #expect(
      ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 64, 65, 66, 69, 70, 74, 75, 77, 78, 130]
    )
  }
}
