import NudgeTesting

extension Workspace {
  /// Another program that has begun to write to the database, and holds on to it until it ends.
  func holdDatabase() throws -> ChildProcess {
    let script = """
      import signal, sqlite3
      database = sqlite3.connect("nudged.db", isolation_level=None)
      database.execute("BEGIN IMMEDIATE")
      print("held", flush=True)
      signal.pause()
      """
    let holder = try ChildProcess(
      "/usr/bin/env",
      ["python3", "-c", script],
      in: folder.path,
      output: folder.path(of: "holder.out"),
      errors: folder.path(of: "holder.err")
    )
    try eventually("lock of another program") { try folder.read("holder.out") == "held\n" }
    return holder
  }
}
