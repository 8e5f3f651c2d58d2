import CDemoStream

/// The sample events that `nudged demo` plays, inside the binary.
enum DemoStream {
  /// Gzip of JSON lines in the Segment form: 400 users in their trials, with their accounts.
  static var gzip: [UInt8] {
    Array(UnsafeBufferPointer(start: nudged_demo_stream(), count: nudged_demo_stream_length()))
  }

  /// The rule file that they are played with.
  static var rules: [UInt8] {
    Array(UnsafeBufferPointer(start: nudged_demo_rules(), count: nudged_demo_rules_length()))
  }
}
