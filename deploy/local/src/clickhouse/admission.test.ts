import assert from "node:assert/strict";
import { it } from "node:test";
import { createAdmission } from "./admission.ts";

const never = new AbortController().signal;

it("hands a slot to those who wait in their order", async () => {
  const admission = createAdmission(["a"], 10);
  assert.equal(await admission.acquire(never), "a");
  const order: number[] = [];
  const second = admission.acquire(never).then(() => order.push(2));
  const third = admission.acquire(never).then(() => order.push(3));
  admission.release("a");
  await second;
  admission.release("a");
  await third;
  assert.deepEqual([order, admission.busy()], [[2, 3], 1]);
  admission.release("a");
  assert.equal(admission.busy(), 0);
});

it("refuses more than may wait", async () => {
  const admission = createAdmission([1], 1);
  await admission.acquire(never);
  const waiting = admission.acquire(never);
  await assert.rejects(admission.acquire(never), { code: 202 });
  admission.release(1);
  assert.equal(await waiting, 1);
});

it("forgets whoever went away while waiting", async () => {
  const admission = createAdmission([1], 5);
  await admission.acquire(never);
  const gone = new AbortController();
  const waiting = admission.acquire(gone.signal);
  gone.abort();
  await assert.rejects(waiting, { code: 394 });
  admission.release(1);
  assert.equal(admission.busy(), 0);
});
