import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { lookAtParts, type Parts } from "./look-at-parts.ts";

const well: Parts = {
  askStorage: async () => ({ diskIsFull: false }),
  isBusConnected: () => true,
  pingPostgres: async () => undefined,
};
const { signal } = new AbortController();

describe("what is told of the system's parts", () => {
  test("is nothing when all are well", async () => {
    assert.deepEqual(await lookAtParts(well)(signal), []);
  });

  const cases: readonly [name: string, part: Partial<Parts>, told: RegExp][] = [
    ["a storage that is away", { askStorage: () => Promise.reject(unavailable("refused")) }, /^The storage is away/],
    ["a disk that is full", { askStorage: async () => ({ diskIsFull: true }) }, /^The disk is full/],
    ["a bus that is away", { isBusConnected: () => false }, /^The message bus is away/],
    ["a Postgres that is away", { pingPostgres: () => Promise.reject(new Error("refused")) }, /^Postgres is away/],
  ];
  for (const [name, part, told] of cases) {
    test(`is of ${name}, and of nothing else`, async () => {
      const texts = await lookAtParts({ ...well, ...part })(signal);
      assert.equal(texts.length, 1);
      assert.match(texts[0] ?? "", told);
    });
  }

  test("stays as it is while the storage has no time to answer", async () => {
    let state: "late" | "busy" | "full" | "well" = "late";
    const look = lookAtParts({
      ...well,
      askStorage: async () => {
        if (state === "late") throw new AppError("deadline_exceeded", "no answer in time");
        if (state === "busy") throw new AppError("resource_exhausted", "too many queries");
        return { diskIsFull: state === "full" };
      },
    });
    assert.deepEqual(await look(signal), []);
    state = "full";
    const [full] = await look(signal);
    state = "busy";
    assert.deepEqual(await look(signal), [full]);
    state = "well";
    assert.deepEqual(await look(signal), []);
  });

  test("is nothing while the service stops, whose questions nobody answers", async () => {
    const away = { ...well, askStorage: () => Promise.reject(unavailable("stopping")) };
    assert.deepEqual(await lookAtParts(away)(AbortSignal.abort()), []);
  });
});
