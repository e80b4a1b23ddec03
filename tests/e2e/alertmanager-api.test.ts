// What a Prometheus and amtool do with an Alertmanager, done with Sightline: alerts are sent, routed, silenced and told.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { type Binary, environmentOf } from "@sightline/local/install/binary";
import { fromDebian } from "@sightline/local/install/debian";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { startAlertingPrometheus } from "./prometheus/server.ts";
import { createRestClient, login } from "./rest-client.ts";
import { startWebhookReceiver, type WebhookNotification } from "./webhook-receiver.ts";

const configuration = (url: string) => `
route:
  receiver: everybody
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 1s
  routes:
    - matchers: [team="b"]
      receiver: team-b
receivers:
  - name: everybody
    webhook_configs: [{ url: "${url}" }]
  - name: team-b
    webhook_configs: [{ url: "${url}" }]
`;

const rules = `
groups:
  - name: checkout
    rules:
      - alert: CheckoutDown
        expr: vector(3) > 2
        labels: { team: b }
        annotations: { summary: "{{ $value }} of 3 are down" }
`;

const alerts = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    receivers: z.array(z.object({ name: z.string() })),
    status: z.object({ state: z.string(), silencedBy: z.array(z.string()) }),
  }),
);

const setSilence = z.object({ createdBy: z.string(), annotations: z.object({ sightline_set_by: z.string() }) });

describe("Alertmanager's API", { timeout: 240_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;
  let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>;
  let amtool: (...args: readonly string[]) => Promise<string>;
  let url: string;

  before(async () => {
    system = opened.use(await startFaultStack({ services: ["ingest", "storage", "gateway", "alerter"] }));
    receiver = opened.use(await startWebhookReceiver());
    const { page } = system.stack.doors;
    url = `${page}/alertmanager`;
    const rest = createRestClient(page, await login(page, system.stack.adminUser, system.stack.secrets.adminPassword));
    const body = { source: configuration(receiver.url) };
    const put = await rest.send("PUT", "/v1/alert-routing", body, z.looseObject({ receivers: z.array(z.string()) }));
    assert.deepEqual(put.receivers, ["everybody", "team-b"]);
    const made = await rest.send(
      "POST",
      "/v1/keys",
      { name: "oncall", scopes: ["admin"] },
      z.object({ key: z.string() }),
    );
    amtool = amtoolWith(await fromDebian("prometheus-alertmanager", "amtool"), made.key);
  });

  /** Runs amtool against the gateway, as somebody with an editor's key. */
  function amtoolWith(binary: Binary, key: string) {
    const dir = mkdtempSync(join(tmpdir(), "sightline-amtool-"));
    opened.defer(() => rmSync(dir, { recursive: true, force: true }));
    const credentials = join(dir, "http.yml");
    writeFileSync(credentials, `authorization: { credentials: "${key}" }\n`, { mode: 0o600 });
    const flags = [`--alertmanager.url=${url}`, `--http.config.file=${credentials}`];
    return async (...args: readonly string[]) => {
      const env = { ...process.env, ...environmentOf(binary) };
      return (await promisify(execFile)(binary.path, [...args, ...flags], { env, timeout: 20_000 })).stdout;
    };
  }

  test("amtool adds an alert and finds it", async () => {
    await amtool("alert", "add", "alertname=DiskFull", "team=a", "--annotation=summary=no room");
    const found = await eventually(async () => {
      const all = alerts.parse(JSON.parse(await amtool("alert", "query", "alertname=DiskFull", "-o", "json")));
      assert.equal(all.length, 1);
      return all;
    });
    assert.deepEqual(
      found.map(({ labels, receivers, status }) => [labels, receivers, status.state]),
      [[{ alertname: "DiskFull", team: "a" }, [{ name: "everybody" }], "active"]],
    );
    await eventually(() => receiver.received.some(({ alerts: [alert] }) => alert?.labels["alertname"] === "DiskFull"));
  });

  test("amtool silences, finds, and ends a silence", async () => {
    await amtool("alert", "add", "alertname=Noisy", "team=a");
    const id = (
      await amtool("silence", "add", "alertname=Noisy", "--comment=known", "--author=ann", "--duration=1h")
    ).trim();
    assert.match(await amtool("silence", "query"), new RegExp(`${id}.*alertname="Noisy".*ann.*known`));
    // Whose key it was stands beside whoever amtool says that its user is.
    const headers = { authorization: `Bearer ${system.queryKey}` };
    const silence = setSilence.parse(await (await fetch(`${url}/api/v2/silence/${id}`, { headers })).json());
    assert.equal(silence.createdBy, "ann");
    assert.match(silence.annotations.sightline_set_by, /^key:/);
    await eventually(async () => {
      const found = alerts.parse(JSON.parse(await amtool("alert", "query", "-s", "alertname=Noisy", "-o", "json")));
      assert.deepEqual(
        found.map(({ status }) => [status.state, status.silencedBy]),
        [["suppressed", [id]]],
      );
    });
    await amtool("silence", "expire", id);
    assert.doesNotMatch(await amtool("silence", "query"), /Noisy/);
    assert.match(await amtool("silence", "query", "--expired", "--within=1h"), /Noisy/);
  });

  test("amtool shows the configuration without its secrets", async () => {
    const shown = await amtool("config", "show");
    assert.match(shown, /receiver: team-b/);
    assert.ok(!shown.includes(receiver.url), "a webhook's URL is a secret");
    assert.match(await amtool("cluster", "show"), /Cluster Status:\s+ready/);
  });

  test("a Prometheus sends its alerts", async () => {
    await using _prometheus = await startAlertingPrometheus(rules, { url, key: system.ingestKey });
    const isTold = ({ alerts: [alert] }: WebhookNotification) => alert?.labels["alertname"] === "CheckoutDown";
    await eventually(() => receiver.received.some(isTold));
    assert.deepEqual(
      receiver.received.find(isTold)?.alerts.map(({ labels, annotations }) => [labels, annotations]),
      [[{ alertname: "CheckoutDown", team: "b" }, { summary: "3 of 3 are down" }]],
    );
  });

  test("who may only read changes nothing, and bad input is told precisely", async () => {
    const send = async (key: string, path: string, body: unknown) => {
      const response = await fetch(`${url}/api/v2${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return [response.status, await response.text()];
    };
    const alert = [{ labels: { alertname: "Down" } }];
    assert.equal((await send(system.queryKey, "/alerts", alert))[0], 403);
    assert.equal((await send("sl_nobody", "/alerts", alert))[0], 401);
    const mixed = [{ labels: { alertname: 1 } }, ...alert, { labels: {} }];
    const [refused, why] = await send(system.ingestKey, "/alerts", mixed);
    assert.equal(refused, 400);
    assert.match(String(why), /cannot take alert 0: labels\.alertname: .*\\ncannot take alert 2: got no labels/);
    await eventually(async () => assert.match(await amtool("alert", "query", "alertname=Down"), /Down/));
    const generatorURL = `http://prometheus/graph?g0.expr=${"%28up%29".repeat(2000)}`;
    const long = [{ labels: { alertname: "LongExpression" }, generatorURL }];
    assert.equal((await send(system.ingestKey, "/alerts", long))[0], 200);
    assert.equal((await send(system.ingestKey, "/silences", {}))[0], 403);
    const filtered = await fetch(`${url}/api/v2/alerts?filter=${encodeURIComponent("{bad")}`, {
      headers: { authorization: `Bearer ${system.queryKey}` },
    });
    assert.equal(filtered.status, 400);
  });
});
