import assert from "node:assert/strict";
import { test } from "node:test";
import { Action } from "@sightline/proto/sightline/alert/v1/action_service";
import { deedOf } from "./act.ts";

const nowMs = Date.UTC(2026, 10, 2);
const HOUR_MS = 3_600_000;

function snoozed(value: { untilUnixMs?: bigint; forMs?: bigint }): number | undefined {
  const { act } = deedOf(Action.fromPartial({ verb: { $case: "snooze", value } }), "ann", nowMs);
  return act.verb === "snooze" ? act.untilMs - nowMs : undefined;
}

test("how long something is snoozed is counted by our clock, whatever that of who asks says", () => {
  for (const hours of [-48, -1, 0, 1, 48]) {
    const untilUnixMs = BigInt(nowMs + hours * HOUR_MS);
    assert.equal(snoozed({ untilUnixMs, forMs: BigInt(HOUR_MS / 2) }), HOUR_MS / 2, `${hours} h`);
  }
  assert.equal(snoozed({ untilUnixMs: BigInt(nowMs + HOUR_MS) }), HOUR_MS);
});

test("a snooze that is over or never ends is refused", () => {
  const f = (value: { untilUnixMs?: bigint; forMs?: bigint }) =>
    assert.throws(() => snoozed(value), { code: "invalid_argument", message: /until: got/ });
  f({ forMs: 0n });
  f({ forMs: -1n });
  f({ forMs: BigInt(400 * 24 * HOUR_MS) });
  f({ untilUnixMs: BigInt(nowMs) });
});
