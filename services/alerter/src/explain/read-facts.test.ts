// What is read to answer "why was I (not) paged?" where much was decided.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { uuid7 } from "@sightline/model/uuid7";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { ensureTenant } from "@sightline/postgres/users";
import { createDatabase } from "@sightline/testkit/postgres-database";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres } from "@sightline/testkit/servers";
import { sampleNotification } from "../channels/testing/sample.ts";
import { insertDecisions, type RecordedDecision } from "../dispatch/decision-store.ts";
import { insertEscalation } from "../escalation/escalation-store.ts";
import { explainPaging } from "./explain-paging.ts";
import { type FactsSource, readFacts } from "./read-facts.ts";

const atMs = Date.UTC(2026, 0, 5, 3, 12);
const range = { startMs: atMs - 60_000, endMs: atMs + 600_000 };

let sql: Pool;
const stack = new AsyncDisposableStack();
before(async () => {
  const postgres = await startPostgres();
  stack.defer(() => postgres.stop());
  const database = stack.use(await createDatabase(postgres.url, { migrated: true }));
  sql = createPool({ url: database.url, maxConnections: 4 }, { log: quietLog });
  stack.defer(() => sql.close());
});
after(() => stack.disposeAsync());

const received = (fingerprint: string, afterMs: number): RecordedDecision => ({
  atMs: atMs + afterMs,
  step: "received",
  reason: "it is new",
  fingerprints: [fingerprint],
});
const many = (count: number, one: (index: number) => RecordedDecision) =>
  Array.from({ length: count }, (_, index) => one(index));

function factsOf(
  tenant: string,
  user: string,
  configurations: FactsSource["configurations"] = { find: async () => undefined },
) {
  return readFacts({ sql, configurations }, { tenant, user, range, kept: [] });
}

test("a configuration whose key is lost says nothing, and everything else does", async () => {
  const tenant = "sealed";
  await ensureTenant(sql, tenant);
  await insertDecisions(sql, tenant, [received("a".repeat(16), 0)]);
  const find = async () => Promise.reject(new AppError("failed_precondition", "its key 1 is not configured"));
  const facts = await factsOf(tenant, "ann", { find });
  assert.equal(facts.alerts.length, 1);
  assert.deepEqual(
    explainPaging(facts)
      .sentences.filter(({ kind }) => kind === "configuration")
      .map(({ text }) => text),
    ["The alertmanager.yml that was in force then cannot be read: its key 1 is not configured."],
  );
  const away = { find: async () => Promise.reject(new AppError("unavailable", "Postgres is away")) };
  await assert.rejects(factsOf(tenant, "ann", away), { code: "unavailable" });
});

test("a configuration that is refused by now says nothing, and everything else does", async () => {
  const tenant = "refused";
  await ensureTenant(sql, tenant);
  await insertDecisions(sql, tenant, [received("b".repeat(16), 0)]);
  const source = "route: { receiver: a }\nreceivers: [{ name: a, fax_configs: [] }]\n";
  const kept = { version: 3, source, templates: {}, files: {}, author: "ann", createdAt: new Date(atMs) };
  const facts = await factsOf(tenant, "ann", { find: async () => kept });
  assert.equal(facts.alerts.length, 1);
  const { sentences } = explainPaging(facts);
  assert.match(
    sentences.find(({ kind }) => kind === "configuration")?.text ?? "",
    /cannot be read: this version of Sightline refuses version 3 of it \(2:\d+: field fax_configs not found in receivers\)/,
  );
});

test("who was paged is told so however much else was decided, and to others it is not denied for sure", async () => {
  const tenant = "acme";
  await ensureTenant(sql, tenant);
  const notification = sampleNotification({ receiver: "pages", groupKey: "{}:{}" });
  const { fingerprint } = notification.alerts[0] ?? assert.fail("the sample has no alert");
  const escalationId = uuid7(atMs);
  const state = { policy: "night", severity: "critical", status: "running", round: 0, step: 1 } as const;
  await insertEscalation(sql, {
    ...{ tenant, escalationId, receiver: "pages", groupKey: "{}:{}", notification },
    state: { ...state, dueAtMs: null, assignee: null, told: [] },
    ...{ careAtMs: undefined, careConfirmed: false, begunAtMs: atMs, endedAtMs: undefined },
  });
  const escalated = (afterMs: number, reason: string, detail: string): RecordedDecision => ({
    ...{ atMs: atMs + afterMs, step: "escalation", reason, detail, fingerprints: [] },
    ...{ receiver: "pages", groupKey: "{}:{}", ids: [escalationId, "user:ann"] },
  });
  await insertDecisions(sql, tenant, [
    // More alerts than are looked at.
    ...many(60, (index) => received(index.toString(16).padStart(16, "0"), index)),
    escalated(100, "somebody is told", "step 1: ann"),
    escalated(101, "a contact was told", "ann was told by sms"),
    // More of one alert than is looked at.
    ...many(250, (index) => received(fingerprint, 200 + index)),
  ]);
  const ann = explainPaging(await factsOf(tenant, "ann"));
  assert.match(ann.sentences[0]?.text ?? "", /^You were paged .*ann was told by sms/);
  const [answer] = explainPaging(await factsOf(tenant, "bob")).sentences;
  assert.match(
    answer?.text ?? "",
    /^Nothing of what was looked at shows that you were paged.* ask about a shorter time\.$/,
  );
});

test("that more was decided about an alert than is looked at is said", async () => {
  const tenant = "much";
  await ensureTenant(sql, tenant);
  const fingerprint = "a".repeat(16);
  await insertDecisions(sql, tenant, [received(fingerprint, 0)]);
  const first = await factsOf(tenant, "ann");
  await insertDecisions(
    sql,
    tenant,
    many(250, (index) => received(fingerprint, 1 + index)),
  );
  assert.deepEqual([first.complete, (await factsOf(tenant, "ann")).complete], [true, false]);
});
