import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connectBus } from "@sightline/bus/connect";
import { createPool } from "@sightline/postgres/pool";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats, startPostgres } from "@sightline/testkit/servers";
import { Registry } from "prom-client";
import { createAlerterMetrics } from "../metrics.ts";
import { followClocks, sharedClocks } from "./follow-clocks.ts";
import { createReadClock } from "./read-clock.ts";

const hourMs = 3_600_000;
const closers = new AsyncDisposableStack();
after(() => closers.disposeAsync());
const servers = { postgresUrl: "", natsUrl: "" };
before(async () => {
  const [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  closers.use(postgres);
  closers.use(nats);
  Object.assign(servers, { postgresUrl: postgres.url, natsUrl: nats.url });
});

test("whose own clock is an hour off goes by those of Postgres and the bus, and shows by how much", async () => {
  const sql = createPool({ url: servers.postgresUrl, maxConnections: 2 }, { log: quietLog });
  await using _sql = { [Symbol.asyncDispose]: sql.close };
  const bus = await connectBus({ url: servers.natsUrl, name: "test", log: quietLog });
  await using _bus = { [Symbol.asyncDispose]: bus.close };
  const others = await sharedClocks(sql, bus, { replicas: 1 });
  for (const aheadMs of [-hourMs, 0, hourMs]) {
    const registry = new Registry();
    const metrics = createAlerterMetrics(registry);
    const wall = () => Date.now() + aheadMs;
    const { signal } = new AbortController();
    const { clock, close } = await followClocks({ wall, others, log: quietLog, metrics, signal });
    await close();
    assert.ok(Math.abs(clock() - Date.now()) < 1000, `${clock() - Date.now()} ms off`);
    const shown = await registry.getSingleMetric("sightline_alerter_clock_ahead_seconds")?.get();
    const ahead = Object.fromEntries(
      shown?.values.map(({ labels, value }) => [labels["clock"], Math.round(value) + 0]) ?? [],
    );
    assert.deepEqual(ahead, { own: aheadMs / 1000, postgres: 0, bus: 0 });
  }
});

test("a clock that does not answer is not waited for, nor asked again before it has", async () => {
  let asked = 0;
  const answers: PromiseWithResolvers<number>[] = [];
  const read = () => {
    asked++;
    const answer = Promise.withResolvers<number>();
    answers.push(answer);
    return answer.promise;
  };
  let nowMs = 0;
  const readNow = createReadClock({ name: "slow", read }, () => nowMs);
  assert.equal(await readNow(), undefined);
  const second = readNow();
  assert.equal(asked, 1);
  nowMs = 5000;
  answers[0]?.resolve(1);
  assert.equal(await second, undefined, "what took so long says nothing");
  const third = readNow();
  assert.equal(asked, 2);
  answers[1]?.resolve(7000);
  assert.deepEqual(await third, { unixMs: 7000, steadyMs: 5000 });
  const fourth = readNow();
  answers[2]?.reject(new Error("away"));
  assert.equal(await fourth, undefined);
});
