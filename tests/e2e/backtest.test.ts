// What other rules would have told whom of what was stored, by the command line: over REST, the alerter and storage.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import {
  type BacktestAnswer,
  BacktestRequest,
  BacktestServiceClient,
} from "@sightline/proto/sightline/alert/v1/backtest_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { createRestClient, login } from "./rest-client.ts";
import { sightlinectl } from "./sightlinectl.ts";

const anything = z.looseObject({});
const rules = (expr: string) =>
  `groups: [{ name: g, interval: 1m, rules: [{ alert: Busy, expr: ${expr}, labels: { severity: page } }] }]\n`;
const routes = `
route: { receiver: team, group_by: [alertname], group_wait: 10s }
receivers:
- name: team
  sightline: { escalation: payments }
- name: phone
  webhook_configs: [{ url: "http://127.0.0.1:9/" }]
`;
const chat = `
route: { receiver: chat }
receivers: [{ name: chat, webhook_configs: [{ url: "http://127.0.0.1:9/" }] }]
`;

describe("rules backtest", { timeout: 180_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;

  before(async () => {
    system = opened.use(await startFaultStack({ services: ["ingest", "storage", "gateway", "alerter"] }));
    const { stack } = system;
    const rest = createRestClient(
      stack.doors.page,
      await login(stack.doors.page, stack.adminUser, stack.secrets.adminPassword),
    );
    const steps = [{ targets: [{ kind: "user", user: "ann" }] }];
    await rest.send("PUT", "/v1/oncall/policies/payments", { steps }, anything);
    await rest.send("PUT", "/v1/oncall/contacts/ann", { timeZone: "UTC", methods: [{ receiver: "phone" }] }, anything);
    await rest.send("PUT", "/v1/alert-routing", { source: routes }, anything);
    await rest.send("PUT", "/v1/rule-files/web", { source: rules("load > 5") }, anything);
    await sendLoad();
    const value = z.object({ data: z.object({ result: z.array(anything) }) });
    const at = (Date.now() - 110 * 60_000) / 1000;
    await eventually(async () => {
      const { data } = await rest.get(`/api/v1/query?query=load&time=${at}`, value);
      assert.equal(data.result.length, 1);
    });
  });

  /** Busy for twenty minutes, two hours ago. */
  async function sendLoad(): Promise<void> {
    const beginMs = Date.now() - 120 * 60_000;
    const dataPoints = Array.from({ length: 20 }, (_, at) => ({
      asDouble: 9,
      timeUnixNano: `${beginMs + at * 60_000}000000`,
    }));
    const answer = await fetch(`${system.stack.doors.otlpHttp}/v1/metrics`, {
      method: "POST",
      headers: { authorization: `Bearer ${system.ingestKey}`, "content-type": "application/json" },
      body: JSON.stringify({
        resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "load", gauge: { dataPoints } }] }] }],
      }),
    });
    assert.equal(answer.status, 200, await answer.text());
  }

  const backtest = (...args: string[]) => sightlinectl(system.stack.dir, ...args);
  const write = (name: string, text: string) => {
    const path = join(system.stack.dir, name);
    writeFileSync(path, text);
    return path;
  };

  test("says whom a draft would page, and fails where it would miss what somebody was paged for", async () => {
    const draft = write("web.yml", rules("load > 100"));
    const asked = ["rules", "backtest", "--since", "4h", draft];
    const { code, stdout, stderr } = await backtest(...asked);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /pages of ann +1 +0 +-1\n/);
    assert.match(stdout, /web: Busy fired +1 +0 +-1\n/);
    assert.match(stdout, /missed incidents +0 +1 +\+1\n/);
    assert.match(stdout, /missed: .*alertname="Busy"/);
    const failed = await backtest("--json", ...asked, "--fail-on-missed");
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /1 incident would be missed/);
    assert.equal(JSON.parse(failed.stdout).missed.count, 1);
  });

  test("of other routes, with the rules that are in force", async () => {
    const { code, stdout, stderr } = await backtest(
      "rules",
      "backtest",
      "--since",
      "4h",
      "--routes",
      write("am.yml", chat),
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /pages of ann +1 +0 +-1\n/);
    assert.match(stdout, /notifications to chat +0 +1 +\+1\n/);
    assert.match(stdout, /missed incidents +0 +0 +0\n/);
  });

  test("over gRPC too, by whoever may query, and with alertmanager.yml as it is shown", async () => {
    await using stack = new AsyncDisposableStack();
    const { doors } = system.stack;
    const client = createClient(BacktestServiceClient, doors.grpc, { apiKey: system.queryKey });
    stack.defer(client.close);
    const source = z.object({ source: z.string() }).loose();
    const headers = { authorization: `Bearer ${system.queryKey}` };
    const shown = source.parse(await (await fetch(`${doors.page}/v1/alert-routing`, { headers })).json()).source;
    assert.match(shown, /url: "<secret>"/);
    const request = BacktestRequest.fromPartial({
      sinceMs: BigInt(4 * 3_600_000),
      files: [{ name: "web", source: rules("load > 100") }],
      configuration: shown,
    });
    const answers: BacktestAnswer[] = [];
    for await (const { part } of client.stream("backtest", request, { deadlineMs: 120_000 })) {
      if (part?.$case === "answer") answers.push(part.value);
    }
    assert.deepEqual(
      answers.map(({ missedCount, people }) => [missedCount, people.map(({ user, pagesAfter }) => [user, pagesAfter])]),
      [[1, [["ann", 0]]]],
    );
  });

  test("refuses what could not be put in force, and what is no time", async () => {
    const wrong = await backtest("rules", "backtest", write("wrong.yml", rules("load >")));
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /wrong: 1:\d+: .*Busy/);
    assert.equal((await backtest("rules", "backtest", "--since", "soon")).code, 2);
    assert.equal((await backtest("rules", "backtest", "--since", "90d")).code, 1);
  });
});
