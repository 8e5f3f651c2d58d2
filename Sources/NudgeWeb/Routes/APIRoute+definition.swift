extension APIRoute {
  /// What it takes and gives.
  var definition: RouteDefinition {
    switch self {
    case .clock, .confirmClock: clockDefinition
    case .health, .readiness, .metrics, .openAPI, .status, .reload, .plan, .applyPlan:
      serviceDefinition
    case .users, .user, .userProgress, .userDecisions, .userExplanation, .userScores, .userExport,
      .forgetUser, .inbox, .inboxStream, .seePrompt, .clickPrompt, .dismissPrompt:
      personDefinition
    case .accounts, .account, .accountProgress, .accountDecisions, .accountExplanation,
      .accountScores:
      accountDefinition
    case .campaigns, .campaign, .pauseCampaign, .resumeCampaign, .silences, .addSilence,
      .expireSilence, .decisions, .decision:
      campaignDefinition
    case .outbox, .delivery, .retryDeliveries, .dropDeliveries, .flushOutbox,
      .enableChannel, .events, .linesTaken, .takeLines:
      deliveryDefinition
    }
  }
}
