import FuzzTargets
import Glibc

// Feeds one target, named first. Built with a fuzzer (`make fuzz`) the other arguments are libFuzzer's; otherwise they
// are files, each of which is tried once.

func fail(_ message: String, _ status: Int32) -> Never {
  let bytes = Array("\(message)\n".utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
  exit(status)
}

/// What the first argument names; a global, which a C function can reach.
enum Chosen {
  static let target: FuzzTarget = {
    let words = CommandLine.arguments
    if words.count > 1, let target = FuzzTarget.named(words[1]) { return target }
    fail("usage: Fuzz TARGET …, of \(FuzzTarget.all.map(\.name).joined(separator: " "))", 64)
  }()
}

func tryBytes(_ bytes: [UInt8]) {
  let target = Chosen.target
  if let promise = target.brokenPromise(bytes) { fail("\(target.name): \(promise)", 1) }
}

#if FUZZING
/// Of libFuzzer (FuzzerInterface.h): runs until a limit of the arguments, and ends the program when an input does.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
  _ count: UnsafeMutablePointer<Int32>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

var count = CommandLine.argc - 1
var rest = CommandLine.unsafeArgv + 1
exit(
  runFuzzer(&count, &rest) { start, length in
    let bytes = Array(UnsafeBufferPointer(start: start, count: length))
    // libFuzzer keeps the input of a program that breaks off, and only of that.
    if let promise = Chosen.target.brokenPromise(bytes) { fatalError(promise) }
    return 0
  }
)
#else
for path in CommandLine.arguments.dropFirst(2) {
  guard let file = fopen(path, "r") else { fail("cannot read \(path)", 66) }
  var bytes: [UInt8] = []
  while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
  fclose(file)
  tryBytes(bytes)
}
#endif
