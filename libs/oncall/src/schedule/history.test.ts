import assert from "node:assert/strict";
import { test } from "node:test";
import { shiftsThen } from "./history.ts";
import { layer, moment, schedule } from "./testing/schedules.ts";

const monday = moment("2026-11-02T08:00Z");
const HOUR_MS = 3_600_000;
const alone = (user: string) => schedule({ layers: [layer({ participants: [user] })] });

function told(versions: Parameters<typeof shiftsThen>[0], fromHour: number, toHour: number) {
  const { final, gaps } = shiftsThen(versions, monday + fromHour * HOUR_MS, monday + toHour * HOUR_MS);
  const hour = (ms: number) => (ms - monday) / HOUR_MS;
  return [...final, ...gaps.map((gap) => ({ ...gap, user: "-" }))]
    .sort((a, b) => a.startMs - b.startMs)
    .map(({ startMs, endMs, user }) => `${hour(startMs)}-${hour(endMs)} ${user}`);
}

test("what was changed later does not change who was on call", () => {
  const at = (hour: number) => monday + hour * HOUR_MS;
  const versions = [
    { fromMs: at(2), schedule: alone("ann") },
    { fromMs: at(4), schedule: alone("ann") },
    { fromMs: at(6), schedule: alone("bob") },
    { fromMs: at(8), schedule: undefined },
    { fromMs: at(10), schedule: alone("eve") },
  ];
  assert.deepEqual(told(versions, 0, 12), ["2-6 ann", "6-8 bob", "10-12 eve"]);
  assert.deepEqual(told(versions, 3, 5), ["3-5 ann"]);
  assert.deepEqual(told(versions, 11, 100), ["11-100 eve"]);
  assert.deepEqual(told([], 0, 1), []);
  const nobody = schedule({ layers: [] });
  const emptied = [
    { fromMs: at(2), schedule: alone("ann") },
    { fromMs: at(4), schedule: nobody },
    { fromMs: at(5), schedule: nobody },
  ];
  assert.deepEqual(told(emptied, 0, 6), ["2-4 ann", "4-6 -"]);
});
