import NudgeCore

/// Where a condition stands, which decides what it may ask for.
struct ConditionScope {
  /// What messages call the owner: `` campaign `welcome` ``.
  var title: String
  /// The model whose parts can be named; `nil`: none is at hand.
  var model: ModelOutline?
  /// Whom it is asked of; `nil`: of people and accounts alike.
  var subject: SubjectKind?
  /// Whether names of a model's parts are taken as they are, since the model is not known.
  var isLenient = false
  /// Whether the model's start is an instant to count from.
  var hasStart = false
  /// Whether an enrolment has begun, so that entering and steps are instants to count from.
  var hasEntering = false
  /// The steps of the campaign, in the order of the file.
  var steps: [String] = []
  /// Whether events before the model's start are left out.
  var isFromStart = false
  /// The audiences that are being read, outermost first.
  var audiences: [String] = []

  /// The scope of what starts a model: nothing of it is known yet.
  static func starts(of model: ModelOutline) -> ConditionScope {
    ConditionScope(title: "`starts` of model `\(model.name)`", subject: model.subject)
  }

  /// The scope of what a model defines.
  static func model(_ model: ModelOutline) -> ConditionScope {
    ConditionScope(
      title: "model `\(model.name)`",
      model: model,
      subject: model.subject,
      hasStart: true,
      isFromStart: true
    )
  }

  /// The scope of a campaign's way in.
  static func campaign(_ name: String, model: ModelOutline?) -> ConditionScope {
    ConditionScope(
      title: "campaign `\(name)`",
      model: model,
      subject: model?.subject,
      isLenient: model == nil,
      hasStart: true
    )
  }

  /// The scope of mutes and settings.
  static func outside(_ title: String, subject: SubjectKind?) -> ConditionScope {
    ConditionScope(title: title, subject: subject)
  }

  /// The scope of one who is inside.
  func inside(steps: [String]) -> ConditionScope {
    var scope = self
    scope.hasEntering = true
    scope.steps = steps
    return scope
  }

  /// The scope of an audience that is named here.
  func audience(_ name: String) -> ConditionScope {
    var scope = self
    scope.title = "audience `\(name)`"
    scope.steps = []
    scope.isFromStart = false
    scope.audiences.append(name)
    return scope
  }
}
