// What other systems send, to the end: an Alertmanager's webhooks and a deployment that GitHub tells of become alerts, events and an
// incident that has them both; and who presses a button in Slack takes the group, which everybody sees there.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { startSlack } from "./fake-slack.ts";
import { createRestClient, login, type RestClient } from "./rest-client.ts";

const addressForm = z.object({ path: z.string() });
const routedForm = z.array(z.looseObject({ labels: z.record(z.string(), z.string()), fingerprint: z.string() }));
const groupsForm = z.looseObject({
  groups: z.array(z.looseObject({ care: z.looseObject({ acknowledgedBy: z.string(), note: z.string() }) })),
});
const incidentForm = z.looseObject({ number: z.number(), state: z.string(), title: z.string(), severity: z.string() });
const wholeForm = z.object({
  incident: incidentForm,
  alerts: z.array(z.looseObject({ reason: z.string() })),
  entries: z.array(z.looseObject({ kind: z.string(), text: z.string() })),
  withoutDeployments: z.string(),
});
const eventsForm = z.looseObject({ events: z.array(z.looseObject({ title: z.string(), source: z.string() })) });

const SECRET = "what GitHub signs with";

describe("what other systems send", { timeout: 240_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;
  let rest: RestClient;
  let page: string;
  let cookie: Record<string, string>;

  before(async () => {
    system = opened.use(await startFaultStack({ services: ["ingest", "storage", "gateway", "alerter"] }));
    page = system.stack.doors.page;
    cookie = await login(page, system.stack.adminUser, system.stack.secrets.adminPassword);
    rest = createRestClient(page, cookie);
  });

  async function deployed(): Promise<void> {
    const source = { name: "github", kind: "github", secret: SECRET };
    const { path } = await rest.send("POST", "/v1/inbound-sources", source, addressForm);
    const body = JSON.stringify({
      action: "created",
      repository: { full_name: "acme/checkout", default_branch: "main" },
      deployment: { ref: "v7", environment: "production" },
      deployment_status: { state: "success", updated_at: new Date().toISOString() },
    });
    const headers = {
      "content-type": "application/json",
      "x-github-event": "deployment_status",
      "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
    };
    const answer = await fetch(page + path, { method: "POST", headers, body });
    assert.equal(answer.status, 200, await answer.text());
  }

  const firing = () => rest.get("/alertmanager/api/v2/alerts", routedForm);

  test("a deployment and the alerts of an Alertmanager are one incident's time line", async () => {
    await deployed();
    const { path } = await rest.send(
      "POST",
      "/v1/inbound-sources",
      { name: "old", kind: "alertmanager", settings: { labels: { team: "shop" } } },
      addressForm,
    );
    const startsAt = new Date().toISOString();
    /** As an Alertmanager tells a webhook (version 4). */
    const send = async (alertname: string, isOver = false) => {
      const alert = {
        status: isOver ? "resolved" : "firing",
        labels: { alertname, service: "checkout", severity: "critical" },
        annotations: { summary: "it fails" },
        startsAt,
        endsAt: isOver ? new Date().toISOString() : "0001-01-01T00:00:00Z",
        generatorURL: "http://prometheus:9090/graph",
      };
      const webhook = {
        version: "4",
        status: alert.status,
        receiver: "sightline",
        truncatedAlerts: 0,
        alerts: [alert],
      };
      const headers = { "content-type": "application/json" };
      const answer = await fetch(page + path, { method: "POST", headers, body: JSON.stringify(webhook) });
      assert.equal(answer.status, 200, await answer.text());
    };
    await send("HighErrorRate");
    await eventually(async () => assert.equal((await firing()).length, 1));
    await send("HighLatency");
    const alerts = await eventually(async () => {
      const found = await firing();
      assert.equal(found.length, 2);
      return found;
    });
    const [first] = alerts.filter(({ labels }) => labels["alertname"] === "HighErrorRate");
    const common = { service: "checkout", severity: "critical", team: "shop", inbound: "old" };
    assert.deepEqual(first?.labels, { alertname: "HighErrorRate", ...common });

    const whole = await eventually(async () => {
      const got = await rest.get("/v1/incidents/1", wholeForm);
      assert.equal(got.alerts.length, 2);
      assert.ok(
        got.entries.some(({ kind }) => kind === "deployed"),
        JSON.stringify(got),
      );
      return got;
    });
    assert.deepEqual(
      [whole.incident.title, whole.incident.state, whole.incident.severity, whole.withoutDeployments],
      ["HighErrorRate on checkout: it fails", "open", "critical", ""],
    );
    assert.equal(whole.alerts[1]?.reason, "same service checkout");
    assert.deepEqual(
      whole.entries.filter(({ kind }) => kind !== "notified").map(({ kind, text }) => `${kind} ${text}`),
      [
        "deployed deployment of acme/checkout v7 to production: success",
        "opened HighErrorRate on checkout (it fails)",
        "joined HighLatency on checkout (it fails): same service checkout",
      ],
    );

    await send("HighErrorRate", true);
    await send("HighLatency", true);
    await eventually(async () => assert.equal((await firing()).length, 0));
    await eventually(async () => {
      const { incidents } = await rest.get("/v1/incidents", z.object({ incidents: z.array(incidentForm) }));
      assert.deepEqual(
        incidents.map(({ number, state }) => [number, state]),
        [[1, "mitigated"]],
      );
    });
    await eventually(async () => {
      const { events } = await rest.get("/v1/events?start=-1h&source=inbound:old", eventsForm);
      assert.deepEqual(
        new Set(events.map(({ title }) => title)),
        new Set(
          ["HighErrorRate", "HighLatency"].flatMap((name) => [
            `${name} fires: it fails`,
            `${name} is resolved: it fails`,
          ]),
        ),
      );
    });
  });

  test("who presses a button in Slack takes the group, and the message says so", async () => {
    await using slack = await startSlack("the app's signing secret");
    // A group that is over is known until its next interval, in which it is told.
    const source = `
route: { receiver: ops, group_by: [team], group_wait: 100ms, group_interval: 1h, repeat_interval: 1h }
receivers:
  - name: ops
    slack_configs: [{ api_url: "${slack.url}/services/x", send_resolved: true }]
    sightline: { slack: { layout: blocks, interactive: true } }
`;
    await rest.send("PUT", "/v1/alert-routing", { source }, z.unknown());
    const asked = { name: "slack", kind: "slack", secret: "the app's signing secret" };
    const { path } = await rest.send("POST", "/v1/inbound-sources", asked, addressForm);
    const post = async (endsAt?: string) => {
      const alert = { labels: { alertname: "Down", team: "ghosts" }, ...(endsAt !== undefined && { endsAt }) };
      const headers = { ...cookie, "content-type": "application/json" };
      const body = JSON.stringify([alert]);
      const answer = await fetch(`${page}/alertmanager/api/v2/alerts`, { method: "POST", headers, body });
      assert.equal(answer.status, 200, await answer.text());
    };
    const careOf = async () => (await rest.get("/v1/alert-groups", groupsForm)).groups[0]?.care;
    await post();
    const first = await slack.messageAt("/services/x");

    const taken = await slack.press(first, "acknowledge", page + path);
    assert.match(JSON.stringify(taken), /"Acknowledged by spengler \(Slack\)"/);
    await eventually(async () => {
      const { acknowledgedBy, note } = (await careOf()) ?? {};
      assert.deepEqual([acknowledgedBy, note], ["spengler (Slack)", "in #ops, as U024BE7LH"]);
    });
    const open = await slack.press(taken, "unacknowledge", page + path);
    assert.match(JSON.stringify(open), /"Un-acknowledged by spengler \(Slack\)"/);
    await eventually(async () => assert.equal((await careOf())?.acknowledgedBy, ""));
    const [alert] = await firing();
    const story = await rest.get(`/v1/alerts/${alert?.fingerprint}/explain`, z.unknown());
    assert.match(JSON.stringify(story), /spengler \(Slack\): in #ops/);

    await post(new Date().toISOString());
    await eventually(async () => assert.deepEqual(await firing(), []));
    const over = await slack.press(open, "acknowledge", page + path);
    assert.match(JSON.stringify(over), /Nothing of it fires any more/);
  });
});
