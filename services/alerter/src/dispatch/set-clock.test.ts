// Who is told what when the clock of whoever dispatches is set by an hour, with a real Postgres.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { ensureTenant } from "@sightline/postgres/users";
import { eventually } from "@sightline/testkit/eventually";
import { createDatabase } from "@sightline/testkit/postgres-database";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres } from "@sightline/testkit/servers";
import { Registry } from "prom-client";
import { createBell } from "../bell.ts";
import { createRateLimiter } from "../channels/rate-limit.ts";
import { testRim } from "../channels/testing/sample.ts";
import { createAlerterMetrics } from "../metrics.ts";
import { startReceiver } from "../testing/receiver.ts";
import { activate } from "./activate.ts";
import { dispatch } from "./dispatch.ts";
import { takeEpoch } from "./epoch.ts";
import { putInbox } from "./inbox.ts";

const HOUR_MS = 3_600_000;
const tenant = "acme";

const configuration = (url: string) => `
route: { receiver: people, group_by: ["..."], group_wait: 0s, group_interval: 100ms, repeat_interval: 24h }
receivers: [{ name: people, webhook_configs: [{ url: "${url}" }] }]
`;

const closers = new AsyncDisposableStack();
after(() => closers.disposeAsync());
let postgresUrl: string;
before(async () => {
  postgresUrl = closers.use(await startPostgres()).url;
});

/** Begins to dispatch, by a clock that the test sets. */
async function startDispatching(sql: Pool, { url, clock }: { readonly url: string; readonly clock: () => number }) {
  const stop = new AbortController();
  const active = activate(
    { source: configuration(url), templates: {}, version: 1 },
    testRim({ policy: { allowPrivate: true } }),
  );
  const running = dispatch(
    {
      sql,
      clock,
      newId: () => crypto.randomUUID(),
      log: quietLog,
      metrics: createAlerterMetrics(new Registry()),
      limiter: createRateLimiter({ maxKeys: 10, steadyMs: () => performance.now() }),
      limits: {
        maxAlerts: 100,
        maxGroups: 100,
        maxSilences: 100,
        silenceRetentionMs: HOUR_MS,
        failuresUntilAlert: 3,
        failingForMs: 60_000,
      },
      externalUrl: "http://sightline.test",
      maxConcurrentPerReceiver: 4,
      began: await takeEpoch(sql),
      intervalMs: 50,
      bell: createBell(),
      tenants: new Map(),
      configurationOf: async () => active,
    },
    stop.signal,
  );
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

for (const [way, stepMs] of [
  ["forwards", HOUR_MS],
  ["back", -HOUR_MS],
] as const) {
  test(`a clock that is set ${way} by an hour ends no alert, repeats none and delays none`, async () => {
    await using database = await createDatabase(postgresUrl, { migrated: true });
    const sql = createPool({ url: database.url, maxConnections: 4 }, { log: quietLog });
    await using _sql = { [Symbol.asyncDispose]: sql.close };
    await ensureTenant(sql, tenant);
    await using receiver = await startReceiver();
    let aheadMs = 0;
    const clock = () => Date.now() + aheadMs;
    const say = (alertname: string, kind: "alerts" | "ended" = "alerts") => {
      const alert = { labels: { alertname }, startsAtMs: clock(), endsAtMs: clock() + 300_000 };
      return putInbox(sql, tenant, { kind, alerts: [alert] }, clock());
    };
    const told = () => receiver.received.map(({ body }) => `${body.groupLabels["alertname"]} ${body.status}`);

    await using _dispatching = await startDispatching(sql, { url: receiver.url, clock });
    await say("Before");
    await eventually(() => assert.deepEqual(told(), ["Before firing"]));
    aheadMs = stepMs;
    await say("After");
    await eventually(() => assert.deepEqual(told(), ["Before firing", "After firing"]));
    await say("After", "ended");
    await eventually(() => assert.deepEqual(told().slice(2), ["After resolved"]));
  });
}
