// Backtests with a real Postgres: rule files, people and what they did are read from it; what was stored of metrics is made up.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { hideSecrets } from "@sightline/alertmanager/config/hidden-secrets";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { RangeSeries, RangeSource } from "@sightline/backtest/range-queries";
import { AppError } from "@sightline/errors/app-error";
import { createPool, type Pool } from "@sightline/postgres/pool";
import {
  type BacktestAnswer,
  BacktestRequest,
  type BacktestResponse,
  MissingReason,
} from "@sightline/proto/sightline/alert/v1/backtest_service";
import { Contacts, EscalationPolicy } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { createDatabase } from "@sightline/testkit/postgres-database";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres, type TestServer } from "@sightline/testkit/servers";
import { insertDecisions } from "../dispatch/decision-store.ts";
import { keep } from "../oncall/revision-store.ts";
import { insertRuleFile } from "../rule-files/rule-file-store.ts";
import { type BacktestCalls, createBacktestCalls } from "./backtest-calls.ts";
import { createStorageRanges, type RangeCalls } from "./storage-ranges.ts";

const nowMs = Date.parse("2026-11-02T12:00:00Z");
const hourMs = 3_600_000;
const minuteMs = 60_000;
const rules = (expr: string) => `groups: [{ name: g, interval: 1m, rules: [{ alert: Slow, expr: ${expr} }] }]`;
const configuration = `
route: { receiver: team, group_by: [alertname], group_wait: 10s }
receivers:
- name: team
  sightline: { escalation: payments }
- name: phone
  webhook_configs: [ { url: "http://phone/" } ]
`;
const ann = { $case: "user", value: "ann" } as const;

/** `x > 1` holds for the hour from 02:00 on, everything else never. */
const source: RangeSource = {
  instant: async () => [],
  async range({ text, startMs, endMs, stepMs }) {
    const timesMs: number[] = [];
    for (let atMs = startMs; atMs <= endMs; atMs += stepMs) {
      if (text === "x > 1" && atMs >= nowMs - 10 * hourMs && atMs < nowMs - 9 * hourMs) timesMs.push(atMs);
    }
    return [{ labels: { a: "1" }, timesMs, values: timesMs.map(() => 5) }];
  },
};

describe("backtests", () => {
  let postgres: TestServer;
  let sql: Pool;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  before(async () => {
    postgres = await startPostgres();
    database = await createDatabase(postgres.url, { migrated: true });
    sql = createPool({ url: database.url, maxConnections: 4 }, { log: quietLog });
  });
  after(async () => {
    await sql.close();
    await database[Symbol.asyncDispose]();
    await postgres.stop();
  });

  function calls(given: Partial<Parameters<typeof createBacktestCalls>[0]> = {}): BacktestCalls {
    return createBacktestCalls({
      ...{ sql, clock: () => nowMs, sourceOf: () => source, defaultIntervalMs: minuteMs },
      ...{ defaultQueryOffsetMs: 0, maxSeries: 1000 },
      configurations: {
        find: async () => ({
          source: configuration,
          templates: {},
          files: {},
          author: "",
          version: 1,
          createdAt: new Date(0),
        }),
      },
      bounds: {
        ...{ maxEvaluations: 1_000_000, chunkSteps: 2880, maxInstants: 100 },
        ...{ maxAlerts: 1000, maxEpisodes: 1000, maxDurationMs: minuteMs },
      },
      progressMs: 10_000,
      ...given,
    });
  }

  async function putFile(tenant: string, name: string, text: string): Promise<void> {
    const change = { name, source: text, groups: 1, rules: 1, author: "ann", nowMs, deleted: false };
    await insertRuleFile(sql, tenant, { change, keep: { versions: 10, deletedFiles: 10 } });
  }

  async function putPeople(tenant: string): Promise<void> {
    const definitions = {
      policy: EscalationPolicy.encode(
        EscalationPolicy.fromPartial({ name: "payments", steps: [{ targets: [{ kind: ann }] }] }),
      ).finish(),
      contacts: Contacts.encode(
        Contacts.fromPartial({ user: "ann", timeZone: "Europe/Berlin", methods: [{ receiver: "phone" }] }),
      ).finish(),
    };
    const change = { expected: 0, nowMs: 0, by: "ann" };
    await keep(sql, { tenant, kind: "policy", name: "payments" }, { ...change, definition: definitions.policy });
    await keep(sql, { tenant, kind: "contacts", name: "ann" }, { ...change, definition: definitions.contacts });
  }

  const request = (given: Partial<BacktestRequest>) =>
    BacktestRequest.fromPartial({ sinceMs: BigInt(12 * hourMs), ...given });
  const signal = new AbortController().signal;

  async function answerOf(answers: AsyncIterable<BacktestResponse>): Promise<BacktestAnswer> {
    for await (const { part } of answers) if (part?.$case === "answer") return part.value;
    return assert.fail("got no answer");
  }

  test("say who would be paged how often, and what would be missed that somebody took care of", async () => {
    const tenant = crypto.randomUUID();
    await putFile(tenant, "web", rules("x > 1"));
    await putFile(tenant, "other", rules("y > 1"));
    await putPeople(tenant);
    const labels = { alertname: "Slow", a: "1" };
    const decision = { atMs: nowMs - 9.5 * hourMs, step: "action", reason: "somebody takes care of it" };
    await insertDecisions(sql, tenant, [{ ...decision, fingerprints: [fingerprintOf(labels)] }]);
    const answer = await answerOf(
      calls().backtest(tenant, request({ files: [{ name: "web", source: rules("x > 9") }] }), signal),
    );
    assert.deepEqual(answer.people, [
      {
        ...{ user: "ann", timeZone: "Europe/Berlin", pagesBefore: 1, pagesAfter: 0 },
        ...{ nightPagesBefore: 1, nightPagesAfter: 0 },
      },
    ]);
    assert.equal(answer.missedCount, 1);
    const [missed] = answer.missed;
    assert.deepEqual(missed?.labels, labels);
    assert.deepEqual([missed?.file, missed?.acknowledged, missed?.escalated], ["web", true, true]);
    assert.equal(missed?.reason, MissingReason.DOES_NOT_FIRE);
    assert.deepEqual(
      answer.rules.map(({ rule, before: was, after: is }) => [rule, was?.fired, was?.firingMs, is]),
      [["Slow", 1, BigInt(hourMs), undefined]],
    );
    assert.deepEqual(answer.notes, []);
  });

  test("of routes and of files that are deleted", async () => {
    const tenant = crypto.randomUUID();
    await putFile(tenant, "web", rules("x > 1"));
    await putPeople(tenant);
    const chat = `{ route: { receiver: chat }, receivers: [{ name: chat, webhook_configs: [{ url: "http://chat/" }] }] }`;
    const routed = await answerOf(calls().backtest(tenant, request({ configuration: chat }), signal));
    assert.deepEqual(
      routed.people.map(({ pagesBefore, pagesAfter }) => [pagesBefore, pagesAfter]),
      [[1, 0]],
    );
    assert.deepEqual(routed.receivers, [{ receiver: "chat", before: 0, after: 1 }]);
    assert.equal(routed.missedCount, 0);
    const deleted = await answerOf(calls().backtest(tenant, request({ deletedFiles: ["web"] }), signal));
    assert.equal(deleted.missedCount, 1);
  });

  test("of whom rules name", async () => {
    const tenant = crypto.randomUUID();
    await putFile(tenant, "web", rules("x > 1"));
    await putPeople(tenant);
    const nobody =
      "{ route: { receiver: nobody }, receivers: [{ name: nobody }, { name: phone, webhook_configs: [{ url: 'http://phone/' }] }] }";
    const configurations = {
      find: async () => ({ source: nobody, templates: {}, files: {}, author: "", version: 1, createdAt: new Date(0) }),
    };
    const named = rules("x > 1").replace("expr:", "sightline: { recipients: [ann, ops@example.com] }, expr:");
    const draft = request({ files: [{ name: "web", source: named }] });
    const answer = await answerOf(calls({ configurations }).backtest(tenant, draft, signal));
    assert.deepEqual(
      answer.people.map(({ user, pagesBefore, pagesAfter }) => [user, pagesBefore, pagesAfter]),
      [["ann", 0, 1]],
    );
    assert.deepEqual(answer.receivers, [{ receiver: "recipient:ops@example.com", before: 0, after: 1 }]);
  });

  test("take a draft as it is shown, its secrets hidden: nothing is sent by it", async () => {
    const tenant = crypto.randomUUID();
    await putFile(tenant, "web", rules("x > 1"));
    await putPeople(tenant);
    const shown = hideSecrets(configuration);
    assert.match(shown, /url: "<secret>"/);
    // Also where none is kept that it could stand for.
    const direct = `${shown}- name: direct\n  slack_configs: [{ api_url: <secret>, channel: "#a" }]\n`;
    for (const draft of [shown, direct.replace("receiver: team", "receiver: direct")]) {
      const answer = await answerOf(calls().backtest(tenant, request({ configuration: draft }), signal));
      const isDirect = draft.includes("receiver: direct");
      assert.equal(answer.people[0]?.pagesAfter, isDirect ? 0 : 1);
      assert.deepEqual(answer.receivers, isDirect ? [{ receiver: "direct", before: 0, after: 1 }] : []);
    }
  });

  test("refuse a draft that could not be put in force, with all that is wrong", async () => {
    const tenant = crypto.randomUUID();
    const f = (given: Partial<BacktestRequest>) => answerOf(calls().backtest(tenant, request(given), signal));
    const files = [
      { name: "a", source: rules("x >") },
      { name: "b", source: "groups: 1" },
    ];
    await assert.rejects(f({ files }), {
      code: "invalid_argument",
      message: /^cannot backtest: the draft could not be put in force\na: 1:64: .*Slow.*\nb: 1:9: /s,
    });
    await assert.rejects(f({ configuration: "route: { receiver: none }" }), { code: "invalid_argument" });
    await assert.rejects(f({ configuration: configuration.replace("payments", "none") }), { code: "invalid_argument" });
    await assert.rejects(f({ deletedFiles: ["none"] }), { code: "invalid_argument", message: /no rule file "none"/ });
    await assert.rejects(f({ sinceMs: 1n }), { code: "invalid_argument", message: /since: got 1 ms/ });
  });

  test("run one at a time for a tenant, say how far they are, and end when nobody reads on", async () => {
    const tenant = crypto.randomUUID();
    await putFile(tenant, "web", rules("x > 1"));
    let asked = 0;
    let ended = 0;
    const waits: RangeSource = {
      ...source,
      range(_question, given) {
        asked += 1;
        return new Promise((_, reject) => {
          if (given.aborted) reject(new AppError("cancelled", "nobody waits"));
          given.addEventListener("abort", () => {
            ended += 1;
            reject(new AppError("cancelled", "nobody waits"));
          });
        });
      },
    };
    const slow = calls({ sourceOf: (of) => (of === tenant ? waits : source), progressMs: 20 });
    const first = slow.backtest(tenant, request({}), signal)[Symbol.asyncIterator]();
    const { value } = await first.next();
    assert.equal(value?.part?.$case, "progress");
    await assert.rejects(answerOf(slow.backtest(tenant, request({}), signal)), { code: "resource_exhausted" });
    assert.equal((await answerOf(slow.backtest("another", request({}), signal))).missedCount, 0);
    await first.return?.();
    assert.deepEqual([asked, ended], [1, 1]);
    const gone = new AbortController();
    const second = answerOf(slow.backtest(tenant, request({}), gone.signal));
    gone.abort();
    await assert.rejects(second);
  });
});

describe("ranges of storage", () => {
  const question = { language: "promql", text: "x", startMs: 0, endMs: 120_000, stepMs: 60_000 } as const;
  const { signal } = new AbortController();

  function ranges(given: Partial<RangeCalls>, maxSamples = 10) {
    const never = () => assert.fail("asked for something else");
    const queries = { instant: async () => [] };
    return createStorageRanges("acme", {
      calls: { promql: never, logql: never, ...given },
      queries,
      timeoutMs: 1000,
      maxSamples,
    });
  }

  test("are asked of PromQL and LogQL, with all steps", async () => {
    const promql: RangeCalls["promql"] = async function* ({ query, times }) {
      assert.deepEqual(
        [query, times],
        ["x", { $case: "range", value: { startUnixMs: 0n, endUnixMs: 120_000n, stepMs: 60_000n } }],
      );
      const histogram = { unixMs: 60_000, count: 1, sum: 1, buckets: [] };
      yield { series: [{ labels: ["a", "1"], unixMs: [0], values: [5], histograms: [histogram] }] };
    };
    const expected: RangeSeries[] = [
      { labels: { a: "1" }, timesMs: [0], values: [5] },
      { labels: { a: "1" }, timesMs: [60_000], values: [0] },
    ];
    assert.deepEqual(await ranges({ promql }).range(question, signal), expected);
    const logql: RangeCalls["logql"] = async function* ({ stepNanos }) {
      assert.equal(stepNanos, 60_000_000_000n);
      yield { series: [{ labels: [], unixMs: [0], values: [1] }] };
    };
    assert.deepEqual(await ranges({ logql }).range({ ...question, language: "logql" }, signal), [
      { labels: {}, timesMs: [0], values: [1] },
    ]);
  });

  test("that are too long, or take too long, say that less is to be asked", async () => {
    const long: RangeCalls["promql"] = async function* () {
      const unixMs = Array.from({ length: 11 }, (_, at) => at);
      yield { series: [{ labels: [], unixMs, values: unixMs, histograms: [] }] };
    };
    await assert.rejects(ranges({ promql: long }).range(question, signal), { code: "resource_exhausted" });
    // biome-ignore lint/correctness/useYield: it fails before its first message.
    const slow: RangeCalls["promql"] = async function* () {
      throw new AppError("deadline_exceeded", "no answer");
    };
    await assert.rejects(ranges({ promql: slow }).range(question, signal), { code: "resource_exhausted" });
  });
});
