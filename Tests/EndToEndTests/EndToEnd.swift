import Testing

/// The built daemon in a folder of its own, seen from outside only: over HTTP, in files, by signals.
///
/// One after another, since each starts processes that are timed.
@Suite(.serialized) enum EndToEnd {}
