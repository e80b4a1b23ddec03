import type { TellingKind } from "../../../api/inbound.ts";

/** Something to try a kind with before its sender has sent anything. */
export interface SamplePayload {
  /** The header that says what the payload is about; undefined where the payload does itself. */
  readonly header?: { readonly name: string; readonly value: string };
  readonly payload: unknown;
}

const webhookAlert = {
  status: "firing",
  labels: { alertname: "HighErrorRate", service: "checkout", severity: "critical" },
  annotations: { summary: "checkout fails" },
  startsAt: "2026-11-21T10:00:00Z",
  endsAt: "0001-01-01T00:00:00Z",
  generatorURL: "http://prometheus.example/graph",
  fingerprint: "2d8c6a1f0f3a3a5c",
};

const webhook = {
  receiver: "sightline",
  status: "firing",
  externalURL: "http://alertmanager.example",
  alerts: [webhookAlert],
};

/** A short one of each kind, as its sender sends it. */
export const SAMPLE_PAYLOADS: Readonly<Record<TellingKind, SamplePayload>> = {
  alertmanager: {
    payload: {
      version: "4",
      groupKey: "{}",
      truncatedAlerts: 0,
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
      ...webhook,
    },
  },
  grafana: {
    payload: { version: "1", orgId: 1, truncatedAlerts: 0, title: "[FIRING:1]", state: "alerting", ...webhook },
  },
  github: {
    header: { name: "X-GitHub-Event", value: "workflow_run" },
    payload: {
      action: "completed",
      repository: { full_name: "acme/checkout", default_branch: "main", html_url: "https://github.com/acme/checkout" },
      workflow_run: {
        name: "CI",
        conclusion: "failure",
        head_branch: "main",
        head_repository: { full_name: "acme/checkout" },
        html_url: "https://github.com/acme/checkout/actions/runs/1",
        run_number: 12,
        event: "push",
        updated_at: "2026-11-21T10:00:00Z",
      },
    },
  },
  sentry: {
    header: { name: "Sentry-Hook-Resource", value: "issue" },
    payload: {
      action: "created",
      data: {
        issue: {
          id: "1170820242",
          shortId: "CHECKOUT-1",
          title: "TypeError: cannot read properties of undefined",
          level: "error",
          status: "unresolved",
          platform: "node",
          web_url: "https://sentry.example/issues/1170820242/",
          firstSeen: "2026-11-21T10:00:00Z",
          lastSeen: "2026-11-21T10:00:00Z",
          project: { id: "1", name: "checkout", slug: "checkout" },
        },
      },
    },
  },
  pagerduty: {
    payload: {
      event: {
        id: "01DEN4HPBQAAAG05V5QQYBRZMF",
        event_type: "incident.triggered",
        resource_type: "incident",
        occurred_at: "2026-11-21T10:00:00Z",
        data: {
          id: "PGR0VU2",
          type: "incident",
          html_url: "https://acme.pagerduty.com/incidents/PGR0VU2",
          number: 2,
          status: "triggered",
          created_at: "2026-11-21T10:00:00Z",
          title: "A little bump in the road",
          service: { id: "PF9KMXH", summary: "checkout", type: "service_reference" },
          urgency: "high",
        },
      },
    },
  },
  generic: {
    payload: { checks: [{ name: "login page", state: "down", reason: "timeout", since: 1_795_255_200 }] },
  },
};
