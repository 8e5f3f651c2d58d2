import FuzzTargets
import Glibc

// Feeds one target, named first. Built with a fuzzer (`make fuzz`) the other arguments are libFuzzer's; otherwise they
// are files, each of which is tried once.

func fail(_ message: String, _ status: Int32) -> Never {
  fputs("\(message)\n", stderr)
  exit(status)
}

let words = CommandLine.arguments
guard words.count > 1, let target = FuzzTarget.named(words[1]) else {
  fail("usage: Fuzz TARGET …, of \(FuzzTarget.all.map(\.name).joined(separator: " "))", 64)
}

func tryBytes(_ bytes: [UInt8]) {
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
    if let promise = target.brokenPromise(bytes) { fatalError("\(target.name): \(promise)") }
    return 0
  }
)
#else
for path in words.dropFirst(2) {
  guard let file = fopen(path, "r") else { fail("cannot read \(path)", 66) }
  var bytes: [UInt8] = []
  while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
  fclose(file)
  tryBytes(bytes)
}
#endif
