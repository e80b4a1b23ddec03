import { z } from "zod";
import { idText, optionalText, optionalTime, shortList } from "../fields.ts";
import { readWith } from "../read-with.ts";

/** Of a metric alert, which has one or a few. */
const MAX_PROJECTS = 100;

const issue = z.object({
  action: z.string(),
  data: z.object({
    issue: z.object({
      id: idText,
      shortId: optionalText,
      title: z.string(),
      culprit: optionalText,
      level: optionalText,
      logger: optionalText,
      web_url: optionalText,
      permalink: optionalText,
      project: z.object({ slug: optionalText, name: optionalText }),
      lastSeen: optionalTime,
    }),
  }),
});
export type IssueHook = z.infer<typeof issue>;

const eventAlert = z.object({
  action: z.string(),
  data: z.object({
    triggered_rule: optionalText,
    event: z.object({
      event_id: optionalText,
      issue_id: idText,
      title: z.string(),
      culprit: optionalText,
      level: optionalText,
      logger: optionalText,
      environment: optionalText,
      release: optionalText,
      web_url: optionalText,
      /** Of Sentry's API: the one place where the project's name is. */
      url: optionalText,
      datetime: optionalTime,
      contexts: z
        .object({ trace: z.object({ trace_id: optionalText }).nullish() })
        .nullish()
        .transform((contexts) => contexts?.trace?.trace_id ?? ""),
    }),
  }),
});
export type EventAlertHook = z.infer<typeof eventAlert>;

const metricAlert = z.object({
  action: z.enum(["open", "critical", "warning", "resolved"]),
  data: z.object({
    description_title: optionalText,
    description_text: optionalText,
    web_url: optionalText,
    metric_alert: z.object({
      id: idText,
      title: optionalText,
      date_started: optionalTime,
      date_closed: optionalTime,
      projects: shortList(z.string(), MAX_PROJECTS).default([]),
      alert_rule: z.object({ id: idText, name: z.string() }),
    }),
  }),
});
export type MetricAlertHook = z.infer<typeof metricAlert>;

export type ReadSentry =
  | { readonly kind: "issue"; readonly hook: IssueHook }
  | { readonly kind: "event_alert"; readonly hook: EventAlertHook }
  | { readonly kind: "metric_alert"; readonly hook: MetricAlertHook }
  /** A resource that says nothing here. */
  | { readonly kind: "other"; readonly resource: string };

/** A webhook of Sentry's integration platform: of which resource, `Sentry-Hook-Resource` says. */
export function readSentry(resource: string, payload: unknown): ReadSentry {
  const what = `Sentry hook ${resource}`;
  switch (resource) {
    case "issue":
      return { kind: resource, hook: readWith(issue, payload, what) };
    case "event_alert":
      return { kind: resource, hook: readWith(eventAlert, payload, what) };
    case "metric_alert":
      return { kind: resource, hook: readWith(metricAlert, payload, what) };
    default:
      return { kind: "other", resource };
  }
}
