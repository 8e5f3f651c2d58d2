import NudgeCore
import NudgeTesting
import Synchronization

/// Sends batches without end, as an SDK does: what was not acknowledged goes again, with the same ids.
///
/// Each batch lets one new person sign up, and the person of the batch before create tasks: three, or two for every
/// third person. A class, since it sends on a thread of its own; a mutex guards what it knows.
final class SampleSender: Sendable {
  /// What has been acknowledged.
  struct Acknowledged {
    var messageIDs: [String] = []
    var signedUp: Set<String> = []
    /// Those who created three tasks.
    var busy: Set<String> = []
    /// Answers other than 200.
    var refusals: [Int] = []
  }

  fileprivate struct State {
    var batch = 0
    var acknowledged = Acknowledged()
  }

  private let name: String
  private let key: String
  private let state = Mutex(State())

  init(_ name: String, key: String) {
    self.name = name
    self.key = key
  }

  var acknowledged: Acknowledged { state.withLock { $0.acknowledged } }

  /// Sends until the connection breaks or anything but 200 is answered.
  func sendUntilRefused(port: Int) {
    do {
      var connection = try HTTPConnection(port: port)
      while try sendNext(over: &connection) {}
    } catch {
      // The daemon is gone; the batch was not acknowledged and goes again.
    }
  }

  /// Sends the batch whose turn it is; tells whether it was acknowledged.
  func sendNext(over connection: inout HTTPConnection) throws(HTTPConnection.Failure) -> Bool {
    let number = state.withLock { $0.batch }
    let events = events(ofBatch: number)
    let request = HTTPRequest(
      method: "POST",
      path: "/v1/batch",
      headers: DaemonProcess.headers(key: key),
      body: Array(SampleEvent.batch(events).utf8)
    )
    let answer = try connection.send(request)
    state.withLock { $0.note(answer, of: number, events, by: self) }
    return answer.status == 200
  }

  /// The person who signs up in a batch.
  fileprivate func user(_ number: Int) -> String { "\(name)-\(number)" }

  /// How many tasks the person of a batch creates in the next one.
  fileprivate static func tasks(of number: Int) -> Int { number.isMultiple(of: 3) ? 2 : 3 }

  private func events(ofBatch number: Int) -> [SampleEvent] {
    let signsUp = SampleEvent(
      messageID: "\(user(number))-signs-up",
      user: user(number),
      name: "Signed Up"
    )
    guard number > 0 else { return [signsUp] }
    let before = user(number - 1)
    let tasks = (1...SampleSender.tasks(of: number - 1)).map {
      SampleEvent(messageID: "\(before)-task-\($0)", user: before, name: "Task Created")
    }
    return [signsUp] + tasks
  }
}

extension SampleSender.State {
  fileprivate mutating func note(
    _ answer: HTTPAnswer,
    of number: Int,
    _ events: [SampleEvent],
    by sender: SampleSender
  ) {
    guard answer.status == 200 else {
      acknowledged.refusals.append(answer.status)
      return
    }
    batch += 1
    acknowledged.messageIDs += events.map(\.messageID)
    acknowledged.signedUp.insert(sender.user(number))
    if number > 0, SampleSender.tasks(of: number - 1) == 3 {
      acknowledged.busy.insert(sender.user(number - 1))
    }
  }
}

extension SampleSender.Acknowledged {
  /// What several senders know.
  init(_ senders: [SampleSender]) {
    for part in senders.map(\.acknowledged) {
      messageIDs += part.messageIDs
      signedUp.formUnion(part.signedUp)
      busy.formUnion(part.busy)
      refusals += part.refusals
    }
  }
}

/// The campaigns of ``SampleSender``'s people: two messages on signing up, a third after three tasks.
let senderRules =
  SampleRules.welcome(["email", "in-app"]) + """
      praise:
        mode: live
        model: onboarding
        who: {did: Task Created, times: {at_least: 3}}
        while: {activated: false}
        steps:
          - {name: three-tasks, immediately: true, send: email, template: praise}

    """
