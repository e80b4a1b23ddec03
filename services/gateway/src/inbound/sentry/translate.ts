import { SEVERITIES, type Severity } from "@sightline/model/severity";
import { atSeverity } from "../at-severity.ts";
import { filled, severityOfWord } from "../fields.ts";
import { type Dropped, nothingOf, type Told, type ToldAlert, type ToldEvent } from "../told.ts";
import type { EventAlertHook, IssueHook, MetricAlertHook, ReadSentry } from "./read.ts";

/** What our own channel to Sentry names itself. */
const ownLogger = "sightline.alert";

/** What a hook of Sentry means; `deliveryId` is its `Request-ID`. */
export function translateSentry(read: ReadSentry, deliveryId: string | undefined): Told {
  switch (read.kind) {
    case "issue":
      return ofIssue(read.hook, deliveryId);
    case "event_alert":
      return ofEventAlert(read.hook, deliveryId);
    case "metric_alert":
      return ofMetricAlert(read.hook, deliveryId);
    case "other":
      return nothingOf(`the resource ${read.resource}`, deliveryId);
  }
}

/** What actions do to an issue; others, such as `assigned`, do nothing to whether it is one. */
const issueActions: Readonly<Record<string, ToldAlert["status"]>> = {
  created: "firing",
  unresolved: "firing",
  resolved: "resolved",
  ignored: "resolved",
  archived: "resolved",
};

/** What of an issue is told. */
interface Issue extends Omit<ToldAlert, "status" | "labels"> {
  readonly id: string;
  readonly project: string;
}

/** The same for the issue itself and for an event of it, so that the one resolves the other. */
function issueAlerts({ id, project, ...alert }: Issue, now: Severity | undefined): ToldAlert[] {
  const labels = filled({ alertname: "SentryIssue", issue: id, project });
  return atSeverity({ ...alert, labels }, now, SEVERITIES);
}

/** An issue's level is that of its latest event. */
function severityOfLevel(level: string): Severity {
  return severityOfWord(level, "error");
}

function ofIssue({ action, data: { issue } }: IssueHook, deliveryId: string | undefined): Told {
  const project = issue.project.slug;
  const status = issueActions[action];
  const link = issue.web_url || issue.permalink;
  const isOwn = issue.logger === ownLogger;
  const annotations = filled({ summary: issue.title, description: issue.culprit });
  const now = status === "firing" ? severityOfLevel(issue.level) : undefined;
  const alerts = status === undefined || isOwn ? [] : issueAlerts({ id: issue.id, project, annotations, link }, now);
  const event: ToldEvent = {
    key: deliveryId ?? JSON.stringify(["issue", issue.id, action, issue.lastSeen ?? 0]),
    eventType: "sentry_issue",
    severity: now ?? "info",
    category: "operations",
    target: project,
    title: `issue ${issue.shortId || issue.id} ${action}: ${issue.title}`,
    description: issue.culprit,
    details: filled({ action, issue: issue.id, short_id: issue.shortId, level: issue.level, link }),
  };
  const own: Dropped[] = isOwn ? [{ reason: "our_own", what: `issue ${issue.id}, which tells of our own alert` }] : [];
  return { deliveryId, alerts, events: [event], dropped: own };
}

function ofEventAlert({ data: { event, triggered_rule: rule } }: EventAlertHook, deliveryId: string | undefined): Told {
  if (event.logger === ownLogger) {
    const dropped = [{ reason: "our_own" as const, what: `event ${event.event_id}, which tells of our own alert` }];
    return { deliveryId, alerts: [], events: [], dropped };
  }
  const [, project = ""] = /\/projects\/[^/]+\/([^/]+)\//.exec(event.url) ?? [];
  const traceId = event.contexts;
  const about = { rule, environment: event.environment, release: event.release, trace_id: traceId };
  const severity = severityOfLevel(event.level);
  const annotations = filled({ summary: event.title, description: event.culprit, ...about });
  const alert = { annotations, startsAtMs: event.datetime, link: event.web_url };
  const told: ToldEvent = {
    key: deliveryId ?? JSON.stringify(["event", event.event_id, rule]),
    eventType: "sentry_event",
    severity,
    category: "operations",
    target: project,
    title: event.title,
    description: event.culprit,
    details: filled({ ...about, event_id: event.event_id, issue: event.issue_id, link: event.web_url }),
    timeMs: event.datetime,
    traceId,
  };
  return {
    deliveryId,
    alerts: issueAlerts({ id: event.issue_id, project, ...alert }, severity),
    events: [told],
    dropped: [],
  };
}

/** Both severities that a rule can have. */
const metricSeverities = ["critical", "warning"] as const satisfies readonly Severity[];

function ofMetricAlert({ action, data }: MetricAlertHook, deliveryId: string | undefined): Told {
  const { metric_alert: metric, web_url: link, description_title: title, description_text: text } = data;
  const severity = action === "open" ? "critical" : action;
  const now = severity === "resolved" ? undefined : severity;
  const labels = filled({
    alertname: "SentryMetricAlert",
    rule: metric.alert_rule.name,
    rule_id: metric.alert_rule.id,
    project: metric.projects.join(", "),
  });
  const annotations = filled({ summary: title || metric.alert_rule.name, description: text });
  const times = { startsAtMs: metric.date_started, endsAtMs: metric.date_closed };
  const alerts = atSeverity({ labels, annotations, ...times, link }, now, metricSeverities);
  const event: ToldEvent = {
    key: deliveryId ?? JSON.stringify(["metric", metric.id, action, metric.date_closed ?? metric.date_started ?? 0]),
    eventType: "sentry_metric_alert",
    severity: now ?? "info",
    category: "operations",
    target: metric.projects[0] ?? "",
    title: title || `${metric.alert_rule.name}: ${action}`,
    description: text,
    details: filled({ action, alert: metric.id, rule: metric.alert_rule.name, link }),
  };
  return { deliveryId, alerts, events: [event], dropped: [] };
}
