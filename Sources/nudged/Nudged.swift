import ArgumentParser
@main struct Nudged: ParsableCommand {}
