import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { createBreath } from "./breath.ts";

/** Works until it is time for others. */
async function workOn(breathe: ReturnType<typeof createBreath>): Promise<void> {
  for (;;) {
    const turn = breathe();
    if (turn !== undefined) return await turn;
  }
}

describe("what takes long", { timeout: 30_000 }, () => {
  test("lets others have their turn", async () => {
    const breathe = createBreath(new AbortController().signal);
    for (let round = 0; round < 3; round++) {
      let others = 0;
      setImmediate(() => {
        others += 1;
      });
      await workOn(breathe);
      assert.equal(others, 1);
    }
  });

  test("ends when nobody waits for it any more", async () => {
    const gone = new AbortController();
    const breathe = createBreath(gone.signal);
    setImmediate(() => gone.abort(new AppError("cancelled", "the caller has gone")));
    await assert.rejects(workOn(breathe), { code: "cancelled" });
  });
});
