import assert from "node:assert/strict";
import { test } from "node:test";
import { copyBytes } from "./copy-bytes.ts";

const source = Uint8Array.from({ length: 400 }, (_, i) => (i * 37 + 11) & 0xff);
const from = new DataView(source.buffer);

test("every size is copied exactly, from anywhere and to anywhere", () => {
  for (let size = 0; size <= 300; size++) {
    for (const start of [0, 1, 7, 400 - size]) {
      for (const at of [0, 3]) {
        const target = new Uint8Array(at + size + 8).fill(0xee);
        copyBytes(new DataView(target.buffer), at, from, start, size);
        assert.deepEqual(target.subarray(at, at + size), source.subarray(start, start + size), `${size} from ${start}`);
        assert.ok(target.subarray(0, at).every((byte) => byte === 0xee));
        assert.ok(target.subarray(at + size).every((byte) => byte === 0xee));
      }
    }
  }
});

test("a part of a larger buffer is read at its own offset", () => {
  const part = new DataView(source.buffer, 100, 200);
  const target = new Uint8Array(200);
  copyBytes(new DataView(target.buffer), 0, part, 0, 200);
  assert.deepEqual(target, source.subarray(100, 300));
});
