import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { PutSilenceRequest, Silence } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testClock } from "@sightline/testkit/test-clock";
import { testDatabase } from "@sightline/testkit/test-database";
import { createSilenceCalls } from "./silence-calls.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.parse("2026-11-02T08:00:00Z");
const tenant = "default";
const opened = new AsyncDisposableStack();
let sql: Pool;

before(async () => {
  const { url } = opened.use(await testDatabase());
  sql = createPool({ url, maxConnections: 2 }, { log: quietLog });
  opened.defer(() => sql.close());
});
after(() => opened.disposeAsync());

test("a silence without a start begins when it is put, by the alerter's clock, and keeps it when it is changed", async () => {
  const clock = testClock(START_MS);
  const limits = { maxSilences: 10, silenceRetentionMs: HOUR_MS, maxAlerts: 10, maxGroups: 10 };
  const options = { limits: { ...limits, failuresUntilAlert: 3, failingForMs: HOUR_MS }, onChanged: () => undefined };
  const calls = createSilenceCalls({ sql, clock, newId: () => crypto.randomUUID(), ...options });
  const put = async (lastsMs: number, change: Partial<Silence> = {}) => {
    const silence = Silence.fromPartial({
      matchers: [{ name: "alertname", value: "Down", isRegex: false, isEqual: true }],
      createdBy: "ann",
      comment: "we know",
      ...change,
    });
    const request = PutSilenceRequest.fromPartial({ silence, lastsMs: BigInt(lastsMs) });
    return calls.get(tenant, await calls.put(tenant, request));
  };
  const timesOf = ({ startsAtUnixMs, endsAtUnixMs }: Silence) =>
    [startsAtUnixMs, endsAtUnixMs].map((ms) => (Number(ms) - START_MS) / HOUR_MS);

  const made = await put(2 * HOUR_MS);
  assert.deepEqual(timesOf(made), [0, 2]);
  clock.set(START_MS + HOUR_MS);
  const longer = await put(4 * HOUR_MS, { silenceId: made.silenceId });
  assert.deepEqual([longer.silenceId, ...timesOf(longer)], [made.silenceId, 0, 4]);
  const later = await put(HOUR_MS, { startsAtUnixMs: BigInt(START_MS + 3 * HOUR_MS) });
  assert.deepEqual(timesOf(later), [3, 4]);
  const sooner = await put(HOUR_MS, { silenceId: later.silenceId });
  assert.deepEqual(
    [sooner.silenceId, ...timesOf(sooner)],
    [later.silenceId, 1, 2],
    "one that has not begun begins now",
  );
});
