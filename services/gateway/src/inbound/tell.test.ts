import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import type { Bounded } from "./bounded.ts";
import { INBOUND_KINDS, type InboundKindName } from "./kinds.ts";
import { tellOf } from "./receive.ts";
import { settings } from "./settings.ts";
import { KIND_SAMPLES, type Sample, SECRET } from "./testing/samples.ts";

const nowMs = Date.parse("2026-11-21T12:00:00Z");

function tell(kind: InboundKindName, { headers, payload }: Sample, wanted: object = {}): Bounded {
  const request = { header: (name: string) => headers[name], body: Buffer.from(JSON.stringify(payload)) };
  return tellOf({ speaks: INBOUND_KINDS[kind], name: "one", settings: settings.parse(wanted) }, request, nowMs);
}

for (const { kind, settings: own, fires, resolves, half, garbage, sign } of KIND_SAMPLES) {
  test(`${kind}: what fires and what is over are the same alert, with one event each`, () => {
    const [begun, over] = [tell(kind, fires("1"), own), tell(kind, resolves("2"), own)];
    const [alert, another] = begun.alerts.filter(({ status }) => status === "firing");
    assert.equal(another, undefined);
    assert.equal(alert?.labels["inbound"], "one");
    assert.ok(alert?.labels["alertname"]);
    const isOver = over.alerts.some(
      ({ status, labels }) => status === "resolved" && JSON.stringify(labels) === JSON.stringify(alert.labels),
    );
    assert.ok(isOver, JSON.stringify([alert.labels, over.alerts]));
    assert.equal(begun.events.length, 1);
    assert.equal(over.events.length, 1);
    assert.notEqual(begun.events[0]?.key, over.events[0]?.key);
    assert.deepEqual([...begun.dropped, ...over.dropped], []);
  });

  test(`${kind}: what is sent again is the same`, () => {
    assert.deepEqual(tell(kind, fires("1"), own), tell(kind, fires("1"), own));
  });

  test(`${kind}: garbage is refused in words`, () => {
    for (const payload of [garbage.payload, null, 7, "text", []]) {
      assert.throws(
        () => tell(kind, { ...garbage, payload }, own),
        (error: unknown) => {
          return error instanceof AppError && error.code === "invalid_argument";
        },
      );
    }
  });

  if (half !== undefined) {
    test(`${kind}: what is wrong with one alert is no other's trouble`, () => {
      const told = tell(kind, half, own);
      assert.equal(told.alerts.length, 1);
      assert.ok(told.dropped.length > 0);
    });
  }

  test(`${kind}: a body of somebody else is told from its own`, () => {
    const body = JSON.stringify(fires("1").payload);
    const verify = (headers: Readonly<Record<string, string>>, sent = body) =>
      INBOUND_KINDS[kind].verify({ header: (name) => headers[name], body: Buffer.from(sent) }, SECRET, Date.now());
    assert.equal(verify(sign(body, SECRET)), undefined);
    assert.match(verify(sign(body, "another secret")) ?? "", /:/);
    assert.match(verify({}) ?? "", /got none/);
    const isSigned = !("authorization" in sign(body, SECRET));
    if (isSigned) assert.match(verify(sign(body, SECRET), `${body} `) ?? "", /does not fit/);
  });
}

test("what is more than is taken of one request is not looked at", () => {
  const many = (count: number, one: unknown = 0) => Array.from({ length: count }, () => one);
  const names = (count: number, text: unknown) => Object.fromEntries(many(count).map((_, at) => [`n${at}`, text]));
  const listed = (alerts: unknown): Sample => ({ headers: {}, payload: { version: "4", alerts } });
  const big = 900_000;
  const tooMany = { reason: "too_many", what: "alerts after 1000", count: big - 1000 };
  for (const kind of ["alertmanager", "grafana"] as const) {
    const { alerts, dropped } = tell(kind, listed(many(big)));
    assert.deepEqual([alerts.length, dropped.length, dropped.at(-1)], [0, 1001, tooMany]);
    for (const text of [7, ""]) {
      const [wrong] = tell(kind, listed([{ status: "firing", labels: names(100_000, text) }])).dropped;
      assert.deepEqual([wrong?.reason, wrong?.what], ["malformed", "alert 0: labels: want at most 1000"]);
    }
    const [named] = tell(kind, listed([{ status: "firing", labels: names(3, 7) }])).dropped;
    assert.equal(named?.what, "alert 0: labels.n0: want a text");
  }
  const labelled = { action: "labeled", repository: { full_name: "a/b" }, issue: { number: 1, title: "" } };
  const issue = { ...labelled, issue: { ...labelled.issue, labels: many(big) } };
  const metric = { id: 1, projects: many(big), alert_rule: { id: 1, name: "slow" } };
  const cases: [kind: InboundKindName, headers: Sample["headers"], payload: unknown, message: RegExp][] = [
    ["github", { "x-github-event": "issues" }, issue, /issue\.labels: want at most 100$/],
    [
      "sentry",
      { "sentry-hook-resource": "metric_alert" },
      { action: "open", data: { metric_alert: metric } },
      /projects: want at most 100$/,
    ],
    ["grafana", {}, { ruleId: 1, ruleName: "a", state: "ok", tags: names(100_000, 7) }, /tags: want at most 1000$/],
  ];
  for (const [kind, headers, payload, message] of cases) {
    assert.throws(() => tell(kind, { headers, payload }), { message });
  }
});

test("what is left out of a request's alerts is left out of its events", () => {
  const listed = (labels: readonly object[]): Sample => ({
    headers: {},
    payload: { version: "4", alerts: labels.map((own) => ({ status: "firing", labels: own })) },
  });
  for (const kind of ["alertmanager", "grafana"] as const) {
    const many = tell(kind, listed(Array.from({ length: 3000 }, (_, at) => ({ alertname: `a${at}` }))));
    assert.deepEqual([many.alerts.length, many.events.length], [1000, 1000]);
    const long = tell(kind, listed([{ alertname: "x".repeat(2000) }, { alertname: "a" }]));
    assert.deepEqual(
      [long.alerts.length, long.events.map(({ title }) => title), long.dropped.map(({ reason }) => reason)],
      [1, ["a fires"], ["label_too_long"]],
    );
  }
});

test("Grafana's legacy alerts are alerts of their rule", () => {
  const payload = { ruleId: 7, ruleName: "disk", state: "alerting", message: "full", tags: { team: "db" }, title: "T" };
  const { alerts } = tell("grafana", { headers: {}, payload });
  assert.deepEqual(alerts[0]?.labels, { team: "db", alertname: "disk", rule_id: "7", inbound: "one" });
  assert.equal(tell("grafana", { headers: {}, payload: { ...payload, state: "pending" } }).alerts.length, 0);
  assert.equal(tell("grafana", { headers: {}, payload: { ...payload, state: "ok" } }).alerts[0]?.status, "resolved");
});

const repository = { full_name: "acme/shop", default_branch: "main" };
const github = (event: string, payload: object, own: object = {}) =>
  tell(
    "github",
    { headers: { "x-github-event": event, "x-github-delivery": "d" }, payload: { repository, ...payload } },
    own,
  );

test("GitHub: what is an alert, and how bad", () => {
  const head_repository = { full_name: repository.full_name };
  const run = (head_branch: string, conclusion: string) => ({
    action: "completed",
    check_run: { name: "lint", conclusion, check_suite: { head_branch } },
  });
  const workflow = (conclusion: string, more: object = {}) => ({
    action: "completed",
    workflow_run: {
      name: "CI",
      conclusion,
      head_branch: "main",
      head_repository,
      run_number: 1,
      event: "push",
      ...more,
    },
  });
  const fork = { head_repository: { full_name: "mallory/shop" } };
  const advisory = { ghsa_id: "GHSA-1", severity: "critical", summary: "prototype pollution" };
  const dependabot = (action: string) => ({
    action,
    alert: { number: 3, dependency: { package: { name: "lodash", ecosystem: "npm" } }, security_advisory: advisory },
  });
  const scanning = {
    action: "created",
    alert: { number: 4, rule: { id: "sql", severity: "error", security_severity_level: "high" } },
  };
  const secret = { action: "created", alert: { number: 5, secret_type: "aws_key" } };
  const issue = (action: string, labels: string[], more: object = {}) => ({
    action,
    issue: { number: 6, title: "it is down", labels: labels.map((name) => ({ name })), state: "open", ...more },
  });
  const own = `text\n<sub>sightline-group-${"a".repeat(40)}</sub>`;
  const cases: [event: string, payload: object, want: string][] = [
    ["check_run", run("main", "failure"), "GitHubCheckFailed firing warning"],
    ["check_run", run("main", "success"), "GitHubCheckFailed resolved warning"],
    ["check_run", run("main", "cancelled"), ""],
    ["check_run", run("a-branch", "failure"), ""],
    ["workflow_run", workflow("failure"), "GitHubWorkflowFailed firing warning"],
    ["workflow_run", workflow("success", { event: "schedule" }), "GitHubWorkflowFailed resolved warning"],
    ["workflow_run", workflow("failure", fork), ""],
    ["workflow_run", workflow("success", { ...fork, event: "pull_request_target" }), ""],
    ["workflow_run", workflow("failure", { event: "pull_request" }), ""],
    ["workflow_run", workflow("failure", { head_repository: null }), ""],
    ["dependabot_alert", dependabot("created"), "GitHubDependabotAlert firing critical"],
    ["dependabot_alert", dependabot("dismissed"), "GitHubDependabotAlert resolved debug"],
    ["code_scanning_alert", scanning, "GitHubCodeScanningAlert firing error"],
    ["secret_scanning_alert", secret, "GitHubSecretScanningAlert firing critical"],
    ["issues", issue("labeled", ["incident"]), "GitHubIssue firing warning"],
    ["issues", issue("labeled", ["question"]), ""],
    ["issues", issue("closed", ["incident"]), "GitHubIssue resolved warning"],
    ["issues", { ...issue("unlabeled", []), label: { name: "incident" } }, "GitHubIssue resolved warning"],
    ["issues", issue("opened", ["incident"], { body: own }), ""],
    ["star", { action: "created" }, ""],
  ];
  for (const [event, payload, want] of cases) {
    const told = github(event, payload, { issueLabels: ["incident"] });
    // What is over is so at each severity that it may have had.
    const [got] = told.alerts.map(({ labels, status }) => `${labels["alertname"]} ${status} ${labels["severity"]}`);
    assert.equal(got ?? "", want, `${event} ${JSON.stringify(payload)}`);
    if (event === "workflow_run") assert.equal(told.events.length, 1, "whoever's it is, it is an event");
  }
});

test("GitHub: deployments and releases are events of their own category", () => {
  const deployed = github("deployment_status", {
    action: "created",
    deployment: { ref: "v7", sha: "abc", environment: "production" },
    deployment_status: { state: "success", updated_at: "2026-11-21T10:00:00Z" },
  });
  assert.deepEqual(
    deployed.events.map(({ category, target, title }) => [category, target, title]),
    [["deployment", "acme/shop", "deployment of acme/shop v7 to production: success"]],
  );
  assert.equal(deployed.alerts.length, 0);
  const { events } = github("release", { action: "published", release: { tag_name: "v7" } });
  assert.deepEqual(
    events.map(({ title }) => title),
    ["acme/shop v7 was released"],
  );
});

const sentry = (resource: string, payload: object) =>
  tell("sentry", { headers: { "sentry-hook-resource": resource, "request-id": "r" }, payload });

test("Sentry: an event's alert is the one that its issue resolves; our own are none", () => {
  const event = {
    event_id: "e",
    issue_id: "1170820242",
    title: "TypeError",
    level: "error",
    url: "https://sentry.io/api/0/projects/acme/checkout/events/e/",
    contexts: { trace: { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" } },
  };
  const hook = (more: object) => ({
    action: "triggered",
    data: { triggered_rule: "new", event: { ...event, ...more } },
  });
  const [alert] = sentry("event_alert", hook({})).alerts;
  const issue = KIND_SAMPLES.find(({ kind }) => kind === "sentry")?.resolves("2").payload;
  const over = tell("sentry", { headers: { "sentry-hook-resource": "issue" }, payload: issue }).alerts;
  const resolved = over.find(({ labels }) => labels["severity"] === "error");
  assert.deepEqual(alert?.labels, resolved?.labels);
  assert.equal(alert?.annotations["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
  const own = sentry("event_alert", hook({ logger: "sightline.alert" }));
  assert.deepEqual([own.alerts.length, own.dropped[0]?.reason], [0, "our_own"]);
  for (const action of ["created", "resolved"]) {
    const about = { id: "7", title: "t", level: "fatal", project: { slug: "shop" }, logger: "sightline.alert" };
    const opened = sentry("issue", { action, data: { issue: about } });
    assert.deepEqual([opened.alerts, opened.events.length, opened.dropped[0]?.reason], [[], 1, "our_own"]);
  }
});

test("what has another severity than before is another alert, and the one before is over", () => {
  const issue = (action: string, level: string) =>
    sentry("issue", { action, data: { issue: { id: "7", title: "t", level, project: { slug: "shop" } } } });
  const event = (level: string) =>
    sentry("event_alert", {
      action: "triggered",
      data: {
        event: { issue_id: "7", title: "t", level, url: "https://sentry.io/api/0/projects/acme/shop/events/e/" },
      },
    });
  const advisory = (action: string, severity: string) =>
    github("dependabot_alert", {
      action,
      alert: {
        number: 3,
        dependency: { package: { name: "lodash", ecosystem: "npm" } },
        security_advisory: { ghsa_id: "GHSA-1", severity, summary: "pollution" },
      },
    });
  const scanning = (action: string, level: string) =>
    github("code_scanning_alert", {
      action,
      alert: { number: 4, rule: { id: "sql", security_severity_level: level } },
    });
  const incident = (event_type: string, urgency: string) =>
    tell("pagerduty", {
      headers: {},
      payload: { event: { id: "1", event_type, data: { id: "P1", type: "incident", title: "t", urgency } } },
    });
  const cases: [what: string, told: readonly Bounded[]][] = [
    ["an issue of Sentry", [issue("created", "error"), event("fatal"), issue("resolved", "fatal")]],
    ["an issue of Sentry that ends at another", [event("error"), issue("resolved", "fatal")]],
    [
      "an alert of Dependabot",
      [advisory("created", "high"), advisory("reopened", "low"), advisory("fixed", "critical")],
    ],
    ["an alert of code scanning", [scanning("created", "low"), scanning("fixed", "high")]],
    ["an incident of PagerDuty", [incident("incident.triggered", "low"), incident("incident.reopened", "high")]],
  ];
  for (const [what, tolds] of cases) {
    const firing = new Set<string>();
    for (const { alerts } of tolds) {
      for (const { labels, status } of alerts) firing[status === "firing" ? "add" : "delete"](JSON.stringify(labels));
      assert.equal(firing.size, alerts.some(({ status }) => status === "firing") ? 1 : 0, what);
    }
  }
});

test("Sentry: a metric alert that becomes less bad is another alert, and the one before is over", () => {
  const rule = { id: 7, name: "slow" };
  const hook = (action: string) => ({
    action,
    data: { metric_alert: { id: 1, projects: ["shop"], alert_rule: rule } },
  });
  const states = (action: string) =>
    sentry("metric_alert", hook(action)).alerts.map(({ labels, status }) => `${labels["severity"]} ${status}`);
  assert.deepEqual(states("critical"), ["critical firing", "warning resolved"]);
  assert.deepEqual(states("warning"), ["warning firing", "critical resolved"]);
  assert.deepEqual(states("resolved"), ["critical resolved", "warning resolved"]);
});

test("PagerDuty: what an alert opened is no alert, and what is done about an incident is an event", () => {
  const data = { id: "P1", type: "incident", title: "t", service: { summary: "s" }, urgency: "low" };
  const event = (event_type: string, more: object = {}) =>
    tell("pagerduty", { headers: {}, payload: { event: { id: "1", event_type, data: { ...data, ...more } } } });
  const own = event("incident.triggered", { incident_key: "a".repeat(64) });
  assert.deepEqual([own.alerts.length, own.events.length, own.dropped[0]?.reason], [0, 1, "our_own"]);
  const acknowledged = event("incident.acknowledged");
  assert.deepEqual([acknowledged.alerts.length, acknowledged.events[0]?.eventType], [0, "pagerduty_acknowledged"]);
  assert.equal(event("incident.triggered").alerts[0]?.labels["severity"], "warning");
  assert.deepEqual(event("pagey.ping").dropped[0]?.reason, "not_known");
});

test("generic: what a mapping says is done, and what it cannot do is said", () => {
  const mapping = { labels: { alertname: "{{ .name }}" }, status: "{{ .state }}" };
  const generic = (payload: unknown, own: object = mapping) =>
    tell("generic", { headers: {}, payload }, { mapping: own, labels: { team: "web", alertname: "never" } });
  assert.deepEqual(generic({ name: "a", state: "OK" }).alerts, [
    {
      status: "resolved",
      labels: { team: "web", alertname: "a", inbound: "one" },
      annotations: {},
      startsAtMs: undefined,
      endsAtMs: undefined,
      link: "",
    },
  ]);
  const reasons = (payload: unknown, own?: object) => generic(payload, own).dropped.map(({ reason }) => reason);
  assert.deepEqual(reasons({ name: "a", state: "sideways" }), ["unknown_status"]);
  assert.deepEqual(reasons({ name: "a", state: "sideways" }, { ...mapping, otherwise: "firing" }), []);
  assert.deepEqual(reasons({ state: "down" }), ["malformed"]);
  assert.deepEqual(reasons({ name: "a", state: "down" }, { labels: { alertname: "{{ .name.first }}" } }), ["template"]);
  assert.deepEqual(reasons({ name: "a".repeat(2000), state: "down" }), ["label_too_long"]);
  const many = Array.from({ length: 1010 }, () => ({ name: "a", state: "down" }));
  const told = generic(many);
  assert.deepEqual(
    [told.alerts.length, told.dropped],
    [1000, [{ reason: "too_many", what: "items after 1000", count: 10 }]],
  );
  const event = { title: "{{ .name }} was deployed", category: "deployment", target: "{{ .name }}" };
  const only = generic({ name: "shop" }, { event });
  assert.deepEqual([only.alerts.length, only.events[0]?.title], [0, "shop was deployed"]);
});

test("generic: templates that do too much end", () => {
  const loop = `{{ range .all }}{{ range payload.all }}{{ range payload.all }}{{ toUpper "x" }}{{ end }}{{ end }}{{ end }}`;
  const mapping = { labels: { alertname: "a" }, annotations: { loop } };
  const payload = { all: Array.from({ length: 1000 }, () => 1) };
  const { alerts, dropped } = tell("generic", { headers: {}, payload }, { mapping });
  assert.equal(alerts.length, 0);
  assert.match(dropped[0]?.what ?? "", /more than is allowed|longer than/);
});

test("a mapping that is wrong is refused where it is put", () => {
  const cases: [mapping: object, message: RegExp][] = [
    [{ labels: { alertname: "{{ .name" } }, /unclosed action/],
    [{ labels: { alertname: "{{ nosuch .name }}" } }, /function \\"nosuch\\" not defined/],
    [{ labels: { name: "x" } }, /alertname/],
    [{}, /labels, or an event/],
    [{ labels: { alertname: "x" }, items: "name" }, /JSON pointer/],
  ];
  for (const [mapping, message] of cases) {
    const { error } = settings.safeParse({ mapping });
    assert.match(error?.message ?? "", message);
  }
});
