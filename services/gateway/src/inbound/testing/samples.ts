import { createHmac } from "node:crypto";
import type { InboundKindName } from "../kinds.ts";

export const SECRET = "the secret of the source";

/** A request as a source sends it. */
export interface Sample {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
}

/** What the contract asks of a kind. */
export interface KindSample {
  readonly kind: InboundKindName;
  readonly settings?: object;
  /** Something that fires: one alert. `id` names the delivery where the kind has ids. */
  fires(id: string): Sample;
  /** The same is over. */
  resolves(id: string): Sample;
  /** One thing that is right and one that is not; undefined where a request is about one thing. */
  readonly half: Sample | undefined;
  /** JSON that no such source sends. */
  readonly garbage: Sample;
  /** The headers that make a body the source's own. */
  sign(body: string, secret: string): Readonly<Record<string, string>>;
  /** Whether it names its deliveries. */
  readonly hasIds: boolean;
}

const hmac = (body: string, secret: string) => createHmac("sha256", secret).update(body).digest("hex");
const bearer = (_body: string, secret: string) => ({ authorization: `Bearer ${secret}` });

const webhookAlert = {
  labels: { alertname: "HighErrorRate", service: "checkout", severity: "critical" },
  annotations: { summary: "checkout fails" },
  startsAt: "2026-11-21T10:00:00.123456789Z",
  endsAt: "0001-01-01T00:00:00Z",
  generatorURL: "http://prometheus/graph?g0.expr=up",
  fingerprint: "2d8c6a1f0f3a3a5c",
};
const ended = { ...webhookAlert, status: "resolved", endsAt: "2026-11-21T10:05:00Z" };
const webhook = (alerts: readonly unknown[]) => ({
  version: "4",
  groupKey: '{}:{alertname="HighErrorRate"}',
  truncatedAlerts: 0,
  status: "firing",
  receiver: "sightline",
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: "http://alertmanager:9093",
  alerts,
});
const plain = (payload: unknown): Sample => ({ headers: {}, payload });

const alertmanager: KindSample = {
  kind: "alertmanager",
  fires: () => plain(webhook([{ ...webhookAlert, status: "firing" }])),
  resolves: () => plain(webhook([ended])),
  half: plain(
    webhook([
      { ...webhookAlert, status: "firing" },
      { status: "on fire", labels: { alertname: 7 } },
    ]),
  ),
  garbage: plain({ version: "3", alerts: {} }),
  sign: bearer,
  hasIds: false,
};

const grafanaAlert = { ...webhookAlert, dashboardURL: "http://grafana/d/1", valueString: "[ var='A' value=7 ]" };
const unified = (alerts: readonly unknown[]) => ({
  receiver: "sightline",
  status: "firing",
  orgId: 1,
  alerts,
  version: "1",
  truncatedAlerts: 0,
  title: "[FIRING:1] HighErrorRate",
  state: "alerting",
  message: "**Firing**",
});

const grafana: KindSample = {
  kind: "grafana",
  fires: () => plain(unified([{ ...grafanaAlert, status: "firing" }])),
  resolves: () => plain(unified([{ ...grafanaAlert, status: "resolved", endsAt: "2026-11-21T10:05:00Z" }])),
  half: plain(unified([{ ...grafanaAlert, status: "firing" }, 7])),
  garbage: plain({ alerts: "none" }),
  sign: (body, secret) => ({ "x-grafana-alerting-signature": hmac(body, secret) }),
  hasIds: false,
};

const repository = { full_name: "acme/checkout", default_branch: "main", html_url: "https://github.com/acme/checkout" };
const workflowRun = (conclusion: string) => ({
  action: "completed",
  repository,
  workflow_run: {
    name: "CI",
    conclusion,
    head_branch: "main",
    head_repository: { full_name: repository.full_name },
    html_url: "https://github.com/acme/checkout/actions/runs/1",
    run_number: 12,
    event: "push",
    updated_at: "2026-11-21T10:00:00Z",
  },
});
const ofGithub = (id: string, payload: unknown): Sample => ({
  headers: { "x-github-event": "workflow_run", "x-github-delivery": id },
  payload,
});

const github: KindSample = {
  kind: "github",
  fires: (id) => ofGithub(id, workflowRun("failure")),
  resolves: (id) => ofGithub(id, workflowRun("success")),
  half: undefined,
  garbage: ofGithub("garbage", { action: "completed", repository: 7 }),
  sign: (body, secret) => ({ "x-hub-signature-256": `sha256=${hmac(body, secret)}` }),
  hasIds: true,
};

const sentryIssue = (action: string) => ({
  action,
  installation: { uuid: "a8e5d37a" },
  data: {
    issue: {
      id: "1170820242",
      shortId: "CHECKOUT-1",
      title: "TypeError: total is undefined",
      culprit: "pay(checkout.js)",
      level: "error",
      status: "unresolved",
      web_url: "https://sentry.io/organizations/acme/issues/1170820242/",
      project: { id: "1", name: "checkout", slug: "checkout" },
      lastSeen: "2026-11-21T10:00:00.000000Z",
    },
  },
});
const ofSentry = (id: string, payload: unknown): Sample => ({
  headers: { "sentry-hook-resource": "issue", "request-id": id },
  payload,
});

const sentry: KindSample = {
  kind: "sentry",
  fires: (id) => ofSentry(id, sentryIssue("created")),
  resolves: (id) => ofSentry(id, sentryIssue("resolved")),
  half: undefined,
  garbage: ofSentry("garbage", { action: "created", data: {} }),
  sign: (body, secret) => ({ "sentry-hook-signature": hmac(body, secret) }),
  hasIds: true,
};

const pagerdutyEvent = (id: string, type: string): Sample =>
  plain({
    event: {
      id,
      event_type: type,
      resource_type: "incident",
      occurred_at: "2026-11-21T10:00:00.000Z",
      agent: { id: "P1", summary: "Tenex Engineer", type: "user_reference" },
      client: null,
      data: {
        id: "PGR0VU2",
        type: "incident",
        html_url: "https://acme.pagerduty.com/incidents/PGR0VU2",
        number: 2,
        status: "triggered",
        incident_key: "d3640fbd41094207a1c11e58e46b1662",
        created_at: "2026-11-21T09:59:00Z",
        title: "A little bump in the road",
        service: { id: "PF9KMXH", summary: "checkout", type: "service_reference" },
        priority: null,
        urgency: "high",
      },
    },
  });

const pagerduty: KindSample = {
  kind: "pagerduty",
  fires: (id) => pagerdutyEvent(id, "incident.triggered"),
  resolves: (id) => pagerdutyEvent(id, "incident.resolved"),
  half: undefined,
  garbage: plain({ event: { id: "x" } }),
  sign: (body, secret) => ({ "x-pagerduty-signature": `v1=0000,v1=${hmac(body, secret)}` }),
  hasIds: true,
};

const checks = (id: string, states: readonly unknown[]): Sample => ({
  headers: { "idempotency-key": id },
  payload: { from: "prober", checks: states },
});
const check = (state: string) => ({ check: { name: "login page" }, state, since: 1_795_255_200, count: 1_200_000 });

const generic: KindSample = {
  kind: "generic",
  settings: {
    mapping: {
      items: "/checks",
      labels: { alertname: "CheckFailed", check: "{{ .check.name }}", from: "{{ payload.from }}", gone: "{{ .gone }}" },
      annotations: { summary: "{{ .check.name | toUpper }} failed {{ .count }} times" },
      status: "{{ .state }}",
      startsAt: "{{ .since }}",
    },
  },
  fires: (id) => checks(id, [check("down")]),
  resolves: (id) => checks(id, [check("up")]),
  half: checks("half", [check("down"), { check: "not an object", state: "down" }, check("sideways")]),
  garbage: { headers: {}, payload: { from: "prober" } },
  sign: (body, secret) => {
    const seconds = String(Math.floor(Date.now() / 1000));
    const signature = createHmac("sha256", secret).update(`m1.${seconds}.${body}`).digest("base64");
    return { "webhook-id": "m1", "webhook-timestamp": seconds, "webhook-signature": `v1,${signature}` };
  },
  hasIds: true,
};

/** One of each kind that sends alerts and events. */
export const KIND_SAMPLES: readonly KindSample[] = [alertmanager, grafana, github, sentry, pagerduty, generic];
