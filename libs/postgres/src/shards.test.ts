import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres } from "@sightline/testkit/servers";
import { createPool, type Pool } from "./pool.ts";
import { holdShards } from "./shards.ts";

let server: Awaited<ReturnType<typeof startPostgres>>;
let pool: Pool;

before(async () => {
  server = await startPostgres();
  pool = createPool({ url: server.url, maxConnections: 5 }, { log: quietLog });
});

after(async () => {
  await pool.close();
  await server.stop();
});

const shards = 17;

/** A process that holds shards of that name, and says which. */
function member(name: string, onHeld: (held: ReadonlySet<number>) => void = () => undefined) {
  const stop = new AbortController();
  let held: ReadonlySet<number> = new Set();
  const running = holdShards(pool, {
    name,
    shards,
    retryMs: 30,
    signal: stop.signal,
    log: quietLog,
    onHeld: async (now) => {
      onHeld(now);
      held = now;
    },
  });
  return {
    held: () => held,
    async stop() {
      stop.abort();
      await running;
    },
  };
}

test("shards are divided evenly between those who are there, and no shard is held twice", async () => {
  const holders = new Map<number, string>();
  const one = (who: string) =>
    member("even", (held) => {
      for (const [shard, holder] of holders) if (holder === who && !held.has(shard)) holders.delete(shard);
      for (const shard of held) {
        assert.ok((holders.get(shard) ?? who) === who, `${shard} is held by two`);
        holders.set(shard, who);
      }
    });
  const counts = (...all: readonly ReturnType<typeof member>[]) => all.map(({ held }) => held().size);
  const a = one("a");
  await eventually(() => a.held().size === shards);
  const b = one("b");
  await eventually(() => assert.deepEqual(counts(a, b).sort(), [8, 9]));
  const c = one("c");
  await eventually(() => assert.deepEqual(counts(a, b, c).sort(), [5, 6, 6]));
  await b.stop();
  assert.equal(b.held().size, 0);
  await eventually(() => assert.deepEqual(counts(a, c).sort(), [8, 9]));
  await Promise.all([a.stop(), c.stop()]);
  assert.equal(holders.size, 0);
});

test("a connection that is cut gives everything up, and it is taken again", async () => {
  const taken: number[] = [];
  const one = member("cut", ({ size }) => void taken.push(size));
  await eventually(() => one.held().size === shards);
  await pool.execute(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    [],
  );
  await eventually(() => assert.deepEqual(taken, [shards, 0, shards]));
  await one.stop();
});

test("one that stands still loses its shards to one that does not", async () => {
  // Like a process that was stopped: it holds its connection and says nothing over it.
  const still = await pool.session();
  await still.execute("SELECT pg_advisory_lock_shared(hashtextextended($1, 0))", ["members:still"]);
  await still.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", ["shard:still:3"]);
  const other = member("still");
  await eventually(() => other.held().size === shards);
  assert.ok(still.lost.aborted);
  await other.stop();
  await still.end();
});
