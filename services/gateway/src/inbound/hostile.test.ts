// Payloads in which one thing after the other is something else than it should be: each is taken, or refused in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { keptEvent } from "./kept-event.ts";
import { INBOUND_KINDS } from "./kinds.ts";
import { tellOf } from "./receive.ts";
import { settings } from "./settings.ts";
import { KIND_SAMPLES, type Sample } from "./testing/samples.ts";

const receivedMs = Date.parse("2026-11-21T12:00:00Z");

const strange: readonly unknown[] = [
  null,
  true,
  -1,
  1e300,
  "",
  "\u0000",
  "\ud800",
  "x".repeat(100_000),
  "9999-12-31T23:59:59Z",
  [],
  [[]],
  {},
  { toString: 1, constructor: null, length: 3 },
];

/** The same with each of its parts, one at a time, replaced by something strange, and without it. */
function* variants(value: unknown): Generator<unknown> {
  yield* strange;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) for (const other of variants(item)) yield value.with(at, other);
    yield Array.from({ length: 1500 }, () => value[0]);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      for (const other of variants(item)) yield { ...value, [name]: other };
      yield Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
    }
  }
}

for (const { kind, settings: own = {}, fires, half } of KIND_SAMPLES) {
  test(`${kind}: whatever is wrong is told, and what is told can be kept`, () => {
    const samples: Sample[] = [fires("1"), ...(half === undefined ? [] : [half])];
    const source = { speaks: INBOUND_KINDS[kind], name: "one", settings: settings.parse(own) };
    let taken = 0;
    for (const { headers, payload } of samples) {
      for (const other of variants(payload)) {
        const request = { header: (name: string) => headers[name], body: Buffer.from(JSON.stringify(other)) };
        try {
          const told = tellOf(source, request, receivedMs);
          taken++;
          for (const alert of told.alerts) {
            assert.ok(Object.values(alert.labels).every((text) => typeof text === "string" && text.length <= 1024));
            for (const ms of [alert.startsAtMs, alert.endsAtMs])
              assert.ok(ms === undefined || Number.isSafeInteger(ms));
          }
          for (const event of told.events) keptEvent(event, { tenant: "a", sourceId: "b", name: "one", receivedMs });
        } catch (thrown) {
          assert.equal(
            AppError.from(thrown).code,
            "invalid_argument",
            `${JSON.stringify(other).slice(0, 300)}: ${thrown}`,
          );
        }
      }
    }
    assert.ok(taken > 0);
  });
}
