import assert from "node:assert/strict";
import { test } from "node:test";
import { createFrames, giveBack } from "./frames.ts";

const message = (bytes: number, fill: number) => {
  const headers = "NATS/1.0\r\nA: b\r\n\r\n";
  const head = `HMSG telemetry.traces.0 1 _INBOX.x ${headers.length} ${headers.length + bytes}\r\n${headers}`;
  return Buffer.concat([Buffer.from(head), Buffer.alloc(bytes, fill), Buffer.from("\r\n")]);
};

/** What the server of a session sends: replies, headers, payloads with line breaks in them, small and large ones. */
const session = Buffer.concat([
  Buffer.from('INFO {"proto":1}\r\nPING\r\n+OK\r\n'),
  Buffer.from("MSG a 1 0\r\n\r\nmsg a 2 _INBOX.y 4\r\n\r\n\r\n\r\n"),
  ...[1, 63_000, 70_000, 500_000, 3_000_000, 10, 1_999_999].map((bytes, at) => message(bytes, at + 1)),
  Buffer.from("PONG\r\n"),
]);

/** Feeds bytes in reads of at most that many; answers the pieces that came. */
function feed(bytes: Uint8Array, perRead: number): Uint8Array[] {
  const frames = createFrames();
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = frames.space();
    const part = bytes.subarray(at, at + Math.min(perRead, space.length));
    space.set(part);
    at += part.length;
    pieces.push(...frames.filled(part.length));
  }
  return pieces;
}

for (const perRead of [997, 65_536, 1_000_000, Number.POSITIVE_INFINITY]) {
  test(`nothing is lost or changed afterwards, read ${perRead} bytes at a time`, () => {
    assert.ok(Buffer.concat(feed(session, perRead)).equals(session));
  });
}

test("every piece ends with a message", () => {
  const ends = new Set<number>();
  let end = 0;
  for (const bytes of [1, 63_000, 70_000, 500_000, 3_000_000]) {
    end += message(bytes, 0).length;
    ends.add(end);
  }
  const bytes = Buffer.concat([1, 63_000, 70_000, 500_000, 3_000_000].map((size) => message(size, 10)));
  let at = 0;
  for (const piece of feed(bytes, 10_007)) {
    at += piece.length;
    assert.ok(ends.has(at), `a piece ends at ${at}`);
  }
  assert.equal(at, end);
});

/** Puts bytes in as one read, or as many as it takes. */
function put(frames: ReturnType<typeof createFrames>, bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = frames.space();
    const part = bytes.subarray(at, at + space.length);
    space.set(part);
    at += part.length;
    parts.push(...frames.filled(part.length));
  }
  return parts;
}

test("small messages do not hold a large buffer, and a quiet connection goes on with one", () => {
  const frames = createFrames();
  const first = frames.space();
  for (let round = 0; round < 100_000; round++) {
    const [piece, ...more] = put(frames, Buffer.from("PING\r\n+OK\r\n"));
    assert.equal(piece?.buffer.byteLength, 11);
    assert.equal(more.length, 0);
  }
  assert.equal(frames.space().buffer, first.buffer);
});

for (const size of [700_000, 3_000_000]) {
  test(`messages of ${size} bytes that were given back make room for others; those that were not stay as they are`, () => {
    const frames = createFrames();
    const kept = put(frames, message(300_000, 1));
    const buffers = new Set<ArrayBufferLike>();
    for (let round = 0; round < 100; round++) {
      const parts = put(frames, message(size, (round % 250) + 2));
      assert.equal(parts.length, 1);
      for (const part of parts) {
        assert.ok(Buffer.from(part).equals(message(size, (round % 250) + 2)));
        buffers.add(part.buffer);
        giveBack(part);
      }
    }
    assert.ok(buffers.size < 5, `${buffers.size} buffers for 100 messages`);
    assert.ok(Buffer.concat(kept).equals(message(300_000, 1)));
  });
}

test("messages that are held for long are not written over", () => {
  const frames = createFrames();
  const held: { part: Uint8Array; fill: number }[] = [];
  for (let round = 0; round < 200; round++) {
    const fill = (round % 250) + 1;
    for (const part of put(frames, message(150_000, fill))) held.push({ part, fill });
    // Given back in another order than they came.
    const [old] = held.splice((round * 7) % held.length, held.length > 20 ? 1 : 0);
    if (old === undefined) continue;
    assert.ok(Buffer.from(old.part).equals(message(150_000, old.fill)));
    giveBack(old.part);
  }
  for (const { part, fill } of held) assert.ok(Buffer.from(part).equals(message(150_000, fill)));
});

test("what is no NATS protocol is refused before memory runs out", () => {
  assert.throws(() => feed(Buffer.from("MSG a 1 99999999999\r\n"), 100), /want the NATS protocol/);
  assert.throws(() => feed(Buffer.alloc(2 << 20, "x"), 1 << 16), /want the NATS protocol/);
});
