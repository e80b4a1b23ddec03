import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { emptyGroupState } from "@sightline/rules/evaluate/state";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres, type TestServer } from "@sightline/testkit/servers";
import { groupKeyOf } from "./group-id.ts";
import { createGroupWriter } from "./group-writer.ts";
import { takeShardEpochs } from "./shard-epochs.ts";
import { createRuleWorld } from "./testing/rule-world.ts";

let server: TestServer;
before(async () => {
  server = await startPostgres();
});
after(() => server.stop());

test("what was written is not written again when only the answer was lost", async () => {
  await using world = await createRuleWorld(server.url);
  const { sql, tenant, clock, newId } = world;
  let isLost = false;
  let moved = 0;
  const writer = createGroupWriter({
    ...{ clock, newId, log: quietLog, signal: new AbortController().signal },
    onMoved: () => {
      moved += 1;
    },
    sql: {
      ...sql,
      async transaction(work) {
        const result = await sql.transaction(work);
        if (isLost) return result;
        isLost = true;
        throw new AppError("unavailable", "the connection was lost after COMMIT");
      },
    },
  });
  const id = { tenant, file: "a.yml", group: "g" };
  const [[shard, epoch] = [0, ""]] = await takeShardEpochs(sql, [1]);
  const decision = { atMs: clock(), step: "rule", reason: "r", fingerprints: [], groupKey: "g", detail: "" } as const;
  const write = (second: number) =>
    writer.write({
      group: { id, key: groupKeyOf(id), shard, version: 1n },
      ...{ epoch, transitions: [], decisions: [decision], values: [] },
      state: { ...emptyGroupState, lastEvaluatedAtMs: second * 1000 },
    });
  await write(1);
  assert.deepEqual(await world.decisions(), ["rule: r"]);
  assert.equal(moved, 1, "whoever waits for what followed is told");
  await write(2);
  assert.deepEqual(await world.decisions(), ["rule: r", "rule: r"]);
});
