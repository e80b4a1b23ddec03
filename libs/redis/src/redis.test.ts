import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startRedis } from "@sightline/testkit/servers";
import { z } from "zod";
import { createCache } from "./cache.ts";
import { createRedis } from "./client.ts";

test("values, counters and caches live as long as they are told", async () => {
  await using server = await startRedis();
  const redis = createRedis({ url: server.url }, { log: quietLog });
  await eventually(() => redis.ping());
  await redis.set("a", "1", 60_000);
  await redis.setMany([["b", "2"]], 60_000);
  assert.deepEqual(await redis.getMany(["a", "b", "c"]), ["1", "2", undefined]);
  await redis.delete("a", "b");
  assert.equal(await redis.get("a"), undefined);
  assert.equal(await redis.increment("n", 2, 60_000), 2);
  assert.equal(await redis.increment("n", 3, 60_000), 5);
  assert.deepEqual(
    await redis.incrementMany(
      [
        ["n", 1],
        ["m", 7],
      ],
      60_000,
    ),
    [6, 7],
  );
  await redis.set("short", "x", 5);
  await eventually(async () => (await redis.get("short")) === undefined);

  const cache = createCache(redis, { prefix: "t:", schema: z.object({ n: z.number() }) });
  await cache.set("k", { n: 1 }, 60_000);
  assert.deepEqual(await cache.get("k"), { n: 1 });
  for (const foreign of ["{", '{"n":"x"}']) {
    await redis.set("t:k", foreign, 60_000);
    assert.equal(await cache.get("k"), undefined);
  }
  await cache.delete("k");
  await redis.close();
});

test("while the server is away commands fail at once and caches miss; afterwards both work again", async () => {
  await using server = await startRedis();
  const redis = createRedis({ url: server.url }, { log: quietLog });
  const cache = createCache(redis, { prefix: "t:", schema: z.string() });
  await eventually(() => redis.ping());
  await server.kill();
  await eventually(() => !redis.isConnected());
  const started = performance.now();
  await assert.rejects(redis.get("a"), (thrown) => thrown instanceof AppError && thrown.code === "unavailable");
  await assert.rejects(redis.setMany([["a", "b"]], 1000));
  assert.equal(await cache.get("a"), undefined);
  await cache.set("a", "b", 1000);
  assert.ok(performance.now() - started < 2000);
  await server.restart();
  await eventually(() => redis.ping());
  await cache.set("a", "b", 60_000);
  assert.equal(await cache.get("a"), "b");
  await redis.close();
});
