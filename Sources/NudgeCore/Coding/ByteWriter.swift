/// Writes values as a compact byte string: whole numbers as zigzag varints, texts with their length in front.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(byte: UInt8) { bytes.append(byte) }

  /// LEB128 of the zigzag form, so that small negative numbers stay short.
  mutating func write(_ value: Int64) {
    var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func write(_ value: Int) { write(Int64(value)) }

  mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func write(_ instant: Timestamp) { write(instant.millisecondsSinceEpoch) }

  mutating func write(_ text: String) {
    let utf8 = text.utf8
    write(utf8.count)
    bytes.append(contentsOf: utf8)
  }

  mutating func write(_ blob: [UInt8]) {
    write(blob.count)
    bytes += blob
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
    for item in map { body(&self, item) }
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
