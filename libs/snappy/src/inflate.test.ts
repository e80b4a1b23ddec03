import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { compressSync } from "snappy";
import { inflateSnappy } from "./inflate.ts";

const limit = 10_000_000;

test("what snappy has compressed is inflated", () => {
  const cases: [name: string, plain: Buffer][] = [
    ["nothing", Buffer.alloc(0)],
    ["a byte", Buffer.from("x")],
    ["a run that repeats itself", Buffer.alloc(1_000_000, "ab")],
    ["what repeats from afar", Buffer.concat([randomBytes(70_000), Buffer.alloc(10, 1), Buffer.alloc(70_000, "far")])],
    ["noise, in long literals", randomBytes(300_000)],
    ["text", Buffer.from(JSON.stringify(Array.from({ length: 5000 }, (_, index) => ({ index, name: "metric" }))))],
  ];
  for (const [name, plain] of cases) assert.ok(inflateSnappy(compressSync(plain), limit).equals(plain), name);
});

test("copies with four bytes of offset are read, which no compressor writes", () => {
  const block = Buffer.from([8, 3 << 2, ...Buffer.from("abcd"), (3 << 2) | 3, 4, 0, 0, 0]);
  assert.equal(inflateSnappy(block, limit).toString(), "abcdabcd");
});

test("broken blocks are refused, whatever is wrong with them", () => {
  const cases: [name: string, block: readonly number[], want: RegExp][] = [
    ["empty", [], /length cannot be read/],
    ["an endless length", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], /length cannot be read/],
    ["a length that it cannot have", [0xff, 0xff, 0x03, 0, 0x61], /more than it can hold/],
    ["a literal that is cut off", [4, 3 << 2, 0x61], /literal goes beyond/],
    ["a literal longer than said", [1, 1 << 2, 0x61, 0x62], /literal goes beyond/],
    ["a length of a literal that is cut off", [4, 61 << 2, 0x61], /cut off/],
    ["a copy of nothing", [4, 1, 1], /before its start/],
    ["a copy from before the start", [5, 0, 0x61, 1, 2], /before its start/],
    ["a copy of offset 0", [5, 0, 0x61, 1, 0], /before its start/],
    ["a copy longer than said", [2, 0, 0x61, 1, 1], /copy goes beyond/],
    ["less than said", [9, 0, 0x61], /says 9 bytes and holds 1/],
  ];
  for (const [name, block, want] of cases) {
    assert.throws(() => inflateSnappy(Uint8Array.from(block), limit), want, name);
  }
});

test("no broken block does more than be refused", () => {
  const whole = compressSync(JSON.stringify(Array.from({ length: 100 }, (_, index) => ({ index, name: "metric" }))));
  let refused = 0;
  for (let at = 0; at < whole.length; at++) {
    for (const bit of [1, 4, 0x80]) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] ?? 0) ^ bit;
      try {
        inflateSnappy(broken, limit);
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === "invalid_argument");
        refused++;
      }
    }
  }
  assert.ok(refused > 0);
});

test("a length beyond the limit is refused before anything is allocated", () => {
  const block = Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]);
  assert.throws(
    () => inflateSnappy(block, limit),
    (error: unknown) => error instanceof AppError && error.code === "too_large",
  );
});
