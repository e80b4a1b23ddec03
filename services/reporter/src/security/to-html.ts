import type { Html } from "../render/html.ts";
import { duration, eventSection, figures, listSection, minute, number } from "../render/page.ts";
import type { SecurityReport } from "./report.ts";

/** What a page of it shows. */
export function securitySections(report: SecurityReport): Html[] {
  const { events, authentication_failures: failures, access_denied: denied, alerts } = report;
  const counts = (list: readonly { value: string; count: number }[]) => list.map(({ value, count }) => [value, count]);
  return [
    figures([
      { value: number(events.total), label: "security events" },
      { value: number(failures.total), label: "authentication failures" },
      { value: number(denied.total), label: "times access denied" },
      { value: number(alerts.fired), label: "security alerts" },
      { value: duration(alerts.time_to_acknowledge.mean_seconds), label: "mean time to acknowledge" },
      { value: duration(alerts.time_to_resolve.mean_seconds), label: "mean time to resolve" },
    ]),
    listSection("Security events by severity", ["Severity", "#Events"], counts(events.by_severity), "No event."),
    listSection("Security events by type", ["Type", "#Events"], counts(events.by_type), "No event."),
    listSection(
      "Authentication failures by address",
      ["Address", "#Failures"],
      counts(failures.by_address),
      "No failure that names its address.",
    ),
    listSection(
      "Authentication failures by user",
      ["User", "#Failures"],
      counts(failures.by_user),
      "No failure that names a user.",
    ),
    listSection("Access denied by user", ["User", "#Times"], counts(denied.by_user), "None that names a user."),
    listSection(
      "Security alerts",
      ["Rule", "Severity", "Fired", "Acknowledged", "By", "Resolved", "Summary"],
      alerts.list.map((alert) => [
        alert.rule,
        alert.severity,
        minute(alert.fired_at),
        minute(alert.acknowledged_at),
        alert.acknowledged_by,
        minute(alert.resolved_at),
        alert.summary,
      ]),
      "No alert of the security rules, or with the label category=security, fired.",
    ),
    eventSection("Newest security events", report.newest, "No event."),
  ];
}
