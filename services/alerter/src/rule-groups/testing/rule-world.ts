import { createEventBuilder, type EventInput } from "@sightline/events/builder";
import { nanosOfMs } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import { createPool } from "@sightline/postgres/pool";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import { createMetrics } from "@sightline/service/metrics";
import { createDatabase } from "@sightline/testkit/postgres-database";
import { quietLog } from "@sightline/testkit/quiet-log";
import { type TestClock, testClock } from "@sightline/testkit/test-clock";
import { z } from "zod";
import { textMap } from "../../alerts/alert.ts";
import { inboxEntry } from "../../dispatch/inbox.ts";
import { createAlerterMetrics } from "../../metrics.ts";
import { insertRuleFile } from "../../rule-files/rule-file-store.ts";
import { endStrays } from "../end-strays.ts";
import { createEventIntake } from "../event-intake.ts";
import { followEndedByHand } from "../follow-ended-by-hand.ts";
import { SHARDS } from "../group-id.ts";
import { createGroupRunner } from "../group-runner.ts";
import { createGroupWriter } from "../group-writer.ts";
import { createHeldGroups } from "../held-groups.ts";
import { createGroupKeeping } from "../keep-group.ts";
import { createRuleCatalog } from "../rule-catalog.ts";
import { takeShardEpochs } from "../shard-epochs.ts";
import { sweepGroups } from "../sweep-groups.ts";
import { createFakeQueries } from "./fake-queries.ts";

const alertRow = z.object({ state: z.string(), labels: textMap });
const changeRow = z.object({ change: z.string() });
const entryRow = z.object({ entry: inboxEntry });
const decisionRow = z.object({ decision: z.string() });
const allShards = Array.from({ length: SHARDS }, (_, shard) => shard);

/** One tenant's rules, in a database of their own, evaluated by a clock that a test sets. Times are seconds since its start. */
export async function createRuleWorld(postgresUrl: string) {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase(postgresUrl, { migrated: true }));
  const sql = createPool({ url: database.url, maxConnections: 6 }, { log: quietLog });
  stack.defer(() => sql.close());
  const tenant = crypto.randomUUID();
  const clock = testClock();
  const startMs = clock();
  const queries = createFakeQueries();
  const newId = () => uuid7(Date.now());
  const builder = createEventBuilder({ clock });
  const strings = async (text: string, schema: z.ZodType<string>) => sql.query(text, [tenant], schema);

  /** A replica that holds all groups. */
  async function replica(clockOf: TestClock = clock) {
    let moved = 0;
    let setByMs = 0;
    let places = 0;
    const dropped: string[] = [];
    const log = quietLog;
    const metrics = createAlerterMetrics(createMetrics({ name: "test", version: "0" }));
    const { signal } = new AbortController();
    const onMoved = () => {
      moved += 1;
    };
    const common = {
      sql,
      clock: clockOf,
      newId,
      log,
      metrics,
      signal,
      onMoved,
      queries,
      externalUrl: "http://sightline",
    };
    const catalog = createRuleCatalog({ sql, defaultIntervalMs: 60_000, defaultQueryOffsetMs: 0, maxSeries: 100, log });
    const writer = createGroupWriter(common);
    const keeping = createGroupKeeping({ ...common, writer });
    const held = createHeldGroups({ catalog, clock: clockOf });
    const runner = createGroupRunner({
      ...common,
      ...{ held, keeping, maxConcurrent: 4, knownUntilMs: () => clockOf() },
      // Nobody sets the clock unless a test says so.
      steadyMs: () => clockOf() - setByMs,
    });
    const intake = createEventIntake({
      ...{ held, runner, keeping, writer, maxAgeMs: 3600_000, onDropped: (reason) => void dropped.push(reason) },
    });
    const take = async () => held.hold(await takeShardEpochs(sql, allShards));
    await catalog.refresh();
    await take();
    return {
      metrics,
      catalog,
      moved: () => moved,
      /** Why events meant nothing, message by message. */
      dropped,
      take,
      /** Evaluates what is due at that second. */
      async at(second: number) {
        clockOf.set(startMs + setByMs + second * 1000);
        if (await catalog.refresh()) held.follow();
        await runner.runDue();
      },
      /** Sets the clock by so many seconds. */
      set(seconds: number) {
        setByMs += seconds * 1000;
      },
      writeTimes: () => keeping.writeTimes(held.all()),
      followEndedByHand: () => followEndedByHand(held, { sql, keeping, catalog }),
      /** `beforeEach` comes before each transaction. */
      sweep: (beforeEach: () => Promise<void> = () => Promise.resolve()) =>
        sweepGroups(held.shards(), {
          ...common,
          sql: { ...sql, transaction: (work) => beforeEach().then(() => sql.transaction(work)) },
          catalog,
          refresh: async () => void (await catalog.refresh()),
        }),
      endStrays: () => endStrays(held, { ...common, catalog, refresh: async () => void (await catalog.refresh()) }),
      /** Tells of events, each of now, in one message; a message that was told before has its number. */
      async events(inputs: readonly (Partial<EventInput> & Pick<EventInput, "eventType">)[], place = ++places) {
        const events = inputs.map((input) => builder.build({ source: "test", title: input.eventType, ...input }));
        const payload = EventBatch.encode({ events }).finish();
        return intake.take({ tenant, payload, place: `${tenant} ${place}`, receivedUnixNano: nanosOfMs(clockOf()) });
      },
    };
  }

  const cleanup = stack.move();
  return {
    [Symbol.asyncDispose]: () => cleanup.disposeAsync(),
    sql,
    tenant,
    clock,
    queries,
    startMs,
    newId,
    replica,
    /** Puts a file of rules; none deletes it. */
    async put(rules: string | undefined, name = "test.yml") {
      const source = rules ?? "";
      const [problem] = rules === undefined ? [] : parseRuleFile(source).problems;
      if (problem !== undefined) throw new Error(problem.message);
      const change = {
        name,
        source,
        groups: 1,
        rules: 1,
        author: "test",
        nowMs: clock(),
        deleted: rules === undefined,
      };
      await sql.transaction((tx) => insertRuleFile(tx, tenant, { change, keep: { versions: 10, deletedFiles: 10 } }));
    },
    /** The alerts that are not over, as `state alertname instance`. */
    async alerts() {
      const text = "SELECT state, labels FROM alerts WHERE tenant = $1 AND state <> 'resolved'";
      const rows = await sql.query(text, [tenant], alertRow);
      return rows
        .map(({ state, labels }) => [state, labels["alertname"], labels["instance"]].filter(Boolean).join(" "))
        .sort();
    },
    /** What happened to alerts, as `from>to reason`. */
    history: () =>
      strings(
        "SELECT from_state || '>' || to_state || ' ' || reason AS change FROM alert_changes WHERE tenant = $1 ORDER BY change_id",
        changeRow.transform(({ change }) => change),
      ),
    decisions: () =>
      strings(
        "SELECT step || ': ' || reason AS decision FROM alert_decisions WHERE tenant = $1 ORDER BY decision_id",
        decisionRow.transform(({ decision }) => decision),
      ),
    /** What the routes were told, as `kind alertname instance`, with `late` before what was over already; they forget it. */
    async told() {
      const text =
        "WITH gone AS (DELETE FROM alert_inbox WHERE tenant = $1 RETURNING entry_id, entry) SELECT entry FROM gone ORDER BY entry_id";
      const rows = await sql.query(text, [tenant], entryRow);
      return rows.flatMap(({ entry }) =>
        entry.kind === "alerts" || entry.kind === "ended"
          ? entry.alerts.map(({ labels, isOver }) =>
              [isOver && "late", entry.kind, labels["alertname"], labels["instance"]].filter(Boolean).join(" "),
            )
          : [entry.kind],
      );
    },
  };
}
