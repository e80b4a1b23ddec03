import assert from "node:assert/strict";
import { test } from "node:test";
import { unavailable } from "@sightline/errors/app-error";
import { getStorageState } from "./storage-state.ts";
import type { DiskState } from "./storage-statistics.ts";

test("the state of storage says whether the disk is full, and fails as the database does", async () => {
  let level: ReturnType<DiskState["level"]> = "high";
  let isUp = true;
  const state = getStorageState({
    clickhouse: {
      ping: async () => {
        if (!isUp) throw unavailable("cannot reach clickhouse");
      },
    },
    disk: { usedPercent: () => 90, level: () => level },
  });
  assert.deepEqual(await state({}), { diskIsFull: false });
  level = "full";
  assert.deepEqual(await state({}), { diskIsFull: true });
  isUp = false;
  await assert.rejects(state({}), { code: "unavailable" });
});
