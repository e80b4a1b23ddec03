// Rules are tried from the outside: over REST and from the command line, with a real alerter behind them.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { login } from "./rest-client.ts";
import { sightlinectl } from "./sightlinectl.ts";

/** A rule of events whose condition is written in Python's words. */
const source = `
groups:
  - name: hosts
    rules:
      - alert: high_cpu_usage
        labels: { severity: warning }
        sightline:
          events:
            condition: "event_type == 'resource_threshold' and details.get('resource_type') == 'cpu' and details.get('usage_percent') > 90"
            threshold_count: 3
            threshold_time_window: 300
            group_by: [target]
`;

const eventAt = (minute: number, usage: number) => ({
  event_type: "resource_threshold",
  source: "test",
  title: "cpu",
  target: "web-1",
  time: `2026-11-20T03:0${minute}:00Z`,
  details: { resource_type: "cpu", usage_percent: usage },
});

describe("rules are tried", { timeout: 180_000 }, () => {
  const opened = new AsyncDisposableStack();
  const dir = mkdtempSync(join(tmpdir(), "sightline-trials-"));
  after(async () => {
    await opened.disposeAsync();
    rmSync(dir, { recursive: true, force: true });
  });
  let system: FaultStack;
  let session: Record<string, string>;

  before(async () => {
    system = opened.use(await startFaultStack({ services: ["storage", "gateway", "alerter"] }));
    const { doors, adminUser, secrets } = system.stack;
    session = await login(doors.page, adminUser, secrets.adminPassword);
    const body = JSON.stringify({ source });
    const headers = { ...session, "content-type": "application/json" };
    const put = await fetch(`${doors.page}/v1/rule-files/hosts`, { method: "PUT", headers, body });
    assert.equal(put.status, 200, await put.text());
  });

  async function post(path: string, body: unknown) {
    const headers = { ...session, "content-type": "application/json" };
    const answer = await fetch(system.stack.doors.page + path, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: answer.status, body: z.looseObject({}).parse(await answer.json()) };
  }

  test("with events, over REST", async () => {
    const events = [eventAt(1, 95), eventAt(2, 80), eventAt(3, 91), eventAt(4, 99)];
    const { status, body } = await post("/v1/rule-trials", { events, files: ["hosts"] });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body["rules"], [
      {
        ...{ file: "hosts", group: "hosts", rule: "high_cpu_usage", counted: [0, 2, 3], ending: [], notes: [] },
        alerts: [
          {
            labels: { alertname: "high_cpu_usage", severity: "warning", target: "web-1" },
            annotations: {},
            value: 3,
            pending: null,
            fired: "2026-11-20T03:04:00.000000000Z",
            ended: "2026-11-20T03:06:00.000000000Z",
          },
        ],
      },
    ]);
    const refused = await post("/v1/rule-trials", { events: [eventAt(1, 95), { event_type: "x" }] });
    assert.equal(refused.status, 400);
    assert.match(JSON.stringify(refused.body), /event 1: /);
  });

  test("from the command line", async () => {
    const events = join(dir, "events.json");
    writeFileSync(events, JSON.stringify([eventAt(1, 95), eventAt(2, 95), eventAt(3, 95)]));
    const tried = await sightlinectl(system.stack.dir, "rules", "try", events, "--rule", "high_cpu_usage");
    assert.equal(tried.code, 0, tried.stderr);
    assert.match(
      tried.stdout,
      /high_cpu_usage \(hosts hosts\): counted 0 1 2\n {2}\{.*target="web-1"\} 3: fires 2026-11-20T03:03:00/,
    );

    const rule = ["rules", "test-alert", "high_cpu_usage", "--file", "hosts", "--label", "target=web-1"];
    const dry = await sightlinectl(system.stack.dir, ...rule);
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /^\{alertname="high_cpu_usage", severity="warning", target="web-1"\}\nroute: /);
    const unknown = await sightlinectl(system.stack.dir, "rules", "test-alert", "nothing");
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /cannot test the rule "nothing"/);
  });
});
