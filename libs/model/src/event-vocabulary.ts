/** The event types that Sightline itself writes or reads. The vocabulary is open: senders may use others. */
export const EVENT_TYPES = {
  healthCheck: "HEALTH_CHECK",
  resourceThreshold: "resource_threshold",
  anomaly: "anomaly",
  fleetHealthChanged: "fleet_health_changed",
  alertPending: "alert_pending",
  alertFiring: "alert_firing",
  alertAcknowledged: "alert_acknowledged",
  alertUnacknowledged: "alert_unacknowledged",
  alertAssigned: "alert_assigned",
  alertSnoozed: "alert_snoozed",
  alertResolved: "alert_resolved",
  deadLetter: "dead_letter",
  deadLettersDropped: "dead_letters_dropped",
  fallenBehind: "fallen_behind",
  reportGenerated: "report_generated",
  authFailure: "auth_failure",
  authError: "auth_error",
  serviceStarted: "service_started",
  serviceStopped: "service_stopped",
} as const;

/** The categories that the page and the reports group by. Open as well. */
export const EVENT_CATEGORIES = [
  "health",
  "security",
  "operations",
  "lifecycle",
  "performance",
  "deployment",
  "compliance",
  "audit",
  "alert",
  "analysis",
] as const;
