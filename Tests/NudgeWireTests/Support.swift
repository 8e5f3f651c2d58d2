import CZlib
import NudgeCore
import NudgeWire

/// The clock of every test: 2026-03-06T09:30:45.123Z.
let noon = Timestamp(millisecondsSinceEpoch: 1_772_789_445_123)

/// A decoder that calls every message without id `made`.
func decoder(limits: WireLimits = WireLimits()) -> SegmentDecoder {
  SegmentDecoder(limits: limits) { "made" }
}

/// What came of a single track call, whose body is this text.
func track(_ text: String) throws -> WireBatch {
  try decoder().decode(Array(text.utf8), call: .single(.track), receivedAt: noon)
}

/// What came of a batch of these messages.
func batch(_ messages: String..., around: String = "") throws -> WireBatch {
  let body = "{\"batch\":[\(messages.joined(separator: ","))]\(around)}"
  return try decoder().decode(Array(body.utf8), call: .batch, receivedAt: noon)
}

/// Chance that is the same for the same seed (SplitMix64).
struct Chance: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// These bytes as one gzip member.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  let size = Int32(MemoryLayout<z_stream>.size)
  _ = deflateInit2_(
    &stream,
    6,
    Z_DEFLATED,
    15 + 16,
    8,
    Z_DEFAULT_STRATEGY,
    ZLIB_VERSION,
    size
  )
  defer { deflateEnd(&stream) }
  var input = bytes
  return [UInt8](unsafeUninitializedCapacity: bytes.count + 1024) { output, count in
    input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      _ = deflate(&stream, Z_FINISH)
    }
    count = output.count - Int(stream.avail_out)
  }
}
