extension LogKind {
  /// The `MESSAGE_ID`: 32 hexadecimal digits, made once at random and never changed.
  public var id: String {
    switch self {
    case .ready: "b2d4c41886d548ac9779fac180e8d473"
    case .stopped: "4bf179ecc4ab44db8c7718035097ef7d"
    case .rulesLoaded: "898e0caacd6043ac953e46ea2a15e5ba"
    case .rulesUnchanged: "1c1b66069a7f4ae791fac5a23732eb2e"
    case .rulesRejected: "e915f867ead6443b9a04d7c187140d15"
    case .rulesRejectedAtStart: "508a2ec2953f45b89b59f29827db6ace"
    case .rulesNotLoaded: "740f59d26ffc4148b72832ad82b6f840"
    case .decisionMade: "a65a0185cdb84761b92b650f4ff30d27"
    case .decisionDropped: "96953c9e058f4010a5b70cccff81a442"
    case .deliverySettled: "3696d850c80f413b90af404c95a65d96"
    case .deliveryRetried: "a8d54f69341b4545837bad869aa6b95e"
    case .deliveryExpired: "11c9355ef27f40f69d0f05d2d2026e47"
    case .deliveryGivenUp: "b5408fee05164cda93781732bffeb206"
    case .channelPaused: "c5c3f19336cb43f9839fa440483acfe4"
    case .channelDisabled: "524cafc3527d4dc0b26aee5e29228e44"
    case .breakerOpened: "11727c74dedd4a85a1df7affaf1752cc"
    case .breakerClosed: "d6318b9525e64038940b22de03cbbdbd"
    case .fileEdited: "f61b2a0303894fd49b496381668ea3c3"
    case .fileUnwritable: "0ae7b6cc244c4dea8019d41a43444e2d"
    case .summary: "eb30e518bd2d462a8b4997ebda2837cf"
    case .erased: "7c8298c61fac4d22b63da07c002d001b"
    }
  }
}
