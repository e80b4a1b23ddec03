import assert from "node:assert/strict";
import { test } from "node:test";
import { config } from "./config.ts";

test("deliveries are known for longer than a signature of theirs is good", () => {
  const { keepDeliveriesMs } = config.shape;
  for (const refused of [0, 1, 300_000, 599_999]) assert.ok(!keepDeliveriesMs.safeParse(refused).success, `${refused}`);
  assert.equal(keepDeliveriesMs.parse(600_000), 600_000);
  assert.equal(keepDeliveriesMs.parse(undefined), 604_800_000);
});
