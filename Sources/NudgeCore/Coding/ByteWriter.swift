/// Writes values as a compact byte string: whole numbers as zigzag varints, texts with their length in front.
///
/// It owns its room and is never copied: a memory has some hundred numbers, and asking an array for each byte of them
/// took most of the time that writing took.
struct ByteWriter: ~Copyable {
  private var room: UnsafeMutableRawBufferPointer
  private var count = 0
  /// Where a value stands until its length is known.
  private var scratch: [UInt8] = []

  init() {
    room = .allocate(byteCount: Limits.bytesOfFirstRoom, alignment: 1)
  }

  deinit { room.deallocate() }

  /// What was written.
  var bytes: [UInt8] { Array(UnsafeRawBufferPointer(rebasing: room[..<count])) }

  /// Hands out what was written, without a copy of it.
  func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try body(UnsafeRawBufferPointer(rebasing: room[..<count]))
  }

  /// Begins anew in the same room.
  mutating func removeAll() { count = 0 }

  /// Makes room for this many more bytes.
  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if count + more > room.count { grow(by: more) }
  }

  private mutating func grow(by more: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: 2 * room.count + more,
      alignment: 1
    )
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: room[..<count]))
    room.deallocate()
    room = larger
  }

  mutating func write(byte: UInt8) {
    reserve(1)
    room[count] = byte
    count += 1
  }

  /// LEB128 of the zigzag form, so that small negative numbers stay short.
  mutating func write(_ value: Int64) {
    reserve(Limits.bytesOfLongestNumber)
    var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
    while rest >= 0x80 {
      room[count] = UInt8(truncatingIfNeeded: rest) | 0x80
      count += 1
      rest >>= 7
    }
    room[count] = UInt8(truncatingIfNeeded: rest)
    count += 1
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer) {
    reserve(bytes.count)
    UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  mutating func write(_ value: Int) { write(Int64(value)) }

  mutating func write(_ value: Bool) { write(byte: value ? 1 : 0) }

  mutating func write(_ instant: Timestamp) { write(instant.millisecondsSinceEpoch) }

  mutating func write(_ text: String) {
    var text = text
    text.withUTF8 {
      write($0.count)
      append(UnsafeRawBufferPointer($0))
    }
  }

  /// A value as compact JSON, with its length in front.
  mutating func write(_ value: JSONValue) {
    scratch.removeAll(keepingCapacity: true)
    value.write(to: &scratch)
    write(scratch)
  }

  mutating func write(_ blob: [UInt8]) {
    write(blob.count)
    blob.withUnsafeBytes { append($0) }
  }

  mutating func write<Value>(optional value: Value?, _ body: (inout ByteWriter, Value) -> Void) {
    write(value != nil)
    if let value { body(&self, value) }
  }

  mutating func write(optional instant: Timestamp?) { write(optional: instant) { $0.write($1) } }

  mutating func write(optional text: String?) { write(optional: text) { $0.write($1) } }

  mutating func write<Item>(_ items: [Item], _ body: (inout ByteWriter, Item) -> Void) {
    write(items.count)
    for item in items { body(&self, item) }
  }

  mutating func write<Key, Value>(
    _ map: SortedMap<Key, Value>,
    _ body: (inout ByteWriter, (key: Key, value: Value)) -> Void
  ) {
    write(map.count)
    map.forEachPair { body(&self, ($0, $1)) }
  }
}

/// Reads what `ByteWriter` wrote.
struct ByteReader {
  /// The bytes are not what `ByteWriter` writes.
  struct Damaged: Error, Hashable {
    /// Where reading stopped.
    let position: Int
  }

  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func byte() throws(Damaged) -> UInt8 {
    guard position < bytes.count else { throw Damaged(position: position) }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func whole() throws(Damaged) -> Int64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, through: 63, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
    }
    throw Damaged(position: position)
  }

  mutating func count() throws(Damaged) -> Int {
    let value = try whole()
    guard value >= 0, value <= Int64(bytes.count) else { throw Damaged(position: position) }
    return Int(value)
  }

  mutating func int() throws(Damaged) -> Int { Int(try whole()) }

  mutating func bool() throws(Damaged) -> Bool { try byte() != 0 }

  mutating func instant() throws(Damaged) -> Timestamp {
    Timestamp(millisecondsSinceEpoch: try whole())
  }

  mutating func text() throws(Damaged) -> String {
    String(decoding: try blob(), as: UTF8.self)
  }

  mutating func blob() throws(Damaged) -> [UInt8] {
    let count = try count()
    guard position + count <= bytes.count else { throw Damaged(position: position) }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  mutating func optional<Value>(
    _ body: (inout ByteReader) throws(Damaged) -> Value
  ) throws(Damaged) -> Value? {
    try bool() ? try body(&self) : nil
  }

  mutating func items<Item>(
    _ body: (inout ByteReader) throws(Damaged) -> Item
  ) throws(Damaged) -> [Item] {
    let count = try count()
    var items: [Item] = []
    items.reserveCapacity(count)
    for _ in 0..<count { items.append(try body(&self)) }
    return items
  }
}
