// What every door does with what no decent sender sends. A seeded fuzz over all doors, more of it by SIGHTLINE_FUZZ_CASES
// (1 000 000 takes an hour or two) and from another SIGHTLINE_FAULT_SEED.
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createRandom, type Random } from "@sightline/testkit/random";
import { type IngestUnderTest, startIngest } from "../testing/ingest.ts";
import { contracts } from "./testing/contracts.ts";
import type { DoorContract } from "./testing/door-contract.ts";
import { mutate } from "./testing/mutate.ts";
import type { Reply } from "./testing/sender.ts";

const cases = Number(process.env["SIGHTLINE_FUZZ_CASES"] ?? 5000);
const seed = Number(process.env["SIGHTLINE_FAULT_SEED"] ?? 1);
const mebibyte = 1024 * 1024;
const maxRequestBytes = 4 * mebibyte;
const internalErrors = new Set([500, 13, 2]);

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

let ingest: IngestUnderTest;
let key: string;

before(async () => {
  ingest = await startIngest({ limits: { maxRequestBytes, maxHeldBytes: 64 * mebibyte, maxHeldShare: 1 } });
  key = (await ingest.createKey("acme")).key;
});

after(() => ingest.stop());

/** Bytes in use that garbage collection leaves. */
function usedBytes(): number {
  if (typeof collectGarbage === "function") collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function assertAnswered(reply: Reply, what: string): void {
  assert.ok(!internalErrors.has(reply.code), `${what}: ${reply.code} ${reply.body.toString().slice(0, 500)}`);
}

/** Runs that many at a time. */
async function runAll(count: number, concurrency: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** A request of that door that is broken in some way. */
function hostileRequest(contract: DoorContract, random: Random) {
  const marks = ["fuzz-1", "fuzz-2"];
  const base = random.oneIn(4) && !("never" in contract.half) ? contract.half.request(marks) : contract.request(marks);
  const body = mutate(base, random);
  const compressions = Object.entries(contract.compressions ?? {});
  const [encoding, compress] = compressions[random.below(compressions.length)] ?? [];
  if (encoding === undefined || compress === undefined || random.oneIn(2)) return { body };
  const compressed = random.oneIn(2) ? Buffer.from(compress(body)) : mutate(compress(base), random);
  return { body: compressed, headers: { "content-encoding": random.oneIn(10) ? "gzip, gzip" : encoding } };
}

suite("hostile input", { timeout: 3 * 3_600_000 }, () => {
  test(`${cases} broken requests: none crashes or blocks a door, and the good ones among them are stored`, async () => {
    const random = createRandom(seed);
    const verdicts = { taken: 0, refused: 0, "come back": 0 };
    const good: string[] = [];
    let used = 0;
    await runAll(cases, 16, async (index) => {
      if (index === Math.floor(cases / 4)) used = usedBytes();
      const contract = contracts[random.below(contracts.length)];
      if (contract === undefined) return;
      const { sender, name } = contract;
      if (index % 50 === 0) {
        const mark = `good-${index}-`;
        const reply = await sender.send(ingest, { body: contract.request([mark]), key });
        assert.equal(reply.verdict, "taken", `${name}: ${reply.code} ${reply.body}`);
        good.push(mark);
        return;
      }
      const { body, headers = {} } = hostileRequest(contract, random);
      const reply = await sender.send(ingest, { body, key, headers });
      verdicts[reply.verdict] += 1;
      assertAnswered(reply, `${name}, seed ${seed}: ${body.toString("hex").slice(0, 4000)}`);
    });
    assert.ok(verdicts.refused > cases / 5 && verdicts.taken > cases / 50, JSON.stringify(verdicts));
    assert.equal(verdicts["come back"], 0, "what is broken is refused for good");
    const grown = usedBytes() - used;
    assert.ok(
      grown < 48 * mebibyte,
      `${Math.round(grown / mebibyte)} MB more in use after three quarters of the cases`,
    );
    assert.equal(await ingest.metric("sightline_ingest_held_bytes"), 0);

    const found = new Map(good.map((mark) => [mark, 0]));
    for (const signal of ["logs", "traces", "metrics", "events"] as const) {
      for (const { payload } of await ingest.stored(signal)) {
        for (const [mark] of Buffer.from(payload)
          .toString("latin1")
          .matchAll(/good-\d+-/g)) {
          found.set(mark, (found.get(mark) ?? 0) + 1);
        }
      }
    }
    assert.deepEqual(
      [...found].filter(([, times]) => times === 0),
      [],
    );
  });

  const shapes: readonly [name: string, body: Buffer][] = [
    ["lists in lists", Buffer.from("[".repeat(100_000) + "]".repeat(100_000))],
    ["objects in objects", Buffer.from(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`)],
    ["messages in messages", nested(10_000)],
    ["a message of empty fields", Buffer.alloc(mebibyte, Buffer.from([0x0a, 0x00]))],
    ["zeros", Buffer.alloc(mebibyte)],
    ["ones", Buffer.alloc(mebibyte, 0xff)],
    ["groups, which are no more", Buffer.alloc(1000, 0x0b)],
    ["a number of a megabyte", Buffer.from("9".repeat(mebibyte))],
    ["a text that does not end", Buffer.from(`"${"a".repeat(mebibyte)}`)],
    ["lone surrogates", Buffer.from('["\\ud800", "\\udfff"]')],
    ["bytes that are no text", Buffer.from([0xc3, 0x28, 0xa0, 0xa1, 0xe2, 0x28, 0xa1])],
    ["keys that objects have", Buffer.from('{"__proto__":{"a":1},"constructor":{"prototype":1},"toString":1}')],
    ["many lines", Buffer.from("{}\n".repeat(200_000))],
  ];
  test("shapes that parsers die of are answered soon, and are nobody's defect", async () => {
    for (const { name, sender } of contracts) {
      for (const [shape, body] of shapes) {
        const startedAt = performance.now();
        const reply = await sender.send(ingest, { body, key });
        assertAnswered(reply, `${name}: ${shape}`);
        assert.ok(performance.now() - startedAt < 5000, `${name}: ${shape} took ${performance.now() - startedAt} ms`);
      }
    }
  });

  test("a flood of bombs is refused at the limit, memory stays, and others are served", async () => {
    const bombs = contracts.flatMap(({ name, sender, compressions = {} }) =>
      Object.entries(compressions)
        .filter(([encoding]) => encoding !== "identity")
        .map(([encoding, compress]) => {
          const bomb = compress(Buffer.alloc(32 * mebibyte));
          // Concatenated, these are gigabytes where the format knows members or frames.
          const times = Math.min(64, Math.max(1, Math.floor(mebibyte / bomb.length)));
          return { name, sender, encoding, body: Buffer.concat(Array.from({ length: times }, () => bomb)) };
        }),
    );
    assert.ok(bombs.length > 20);
    const other = await ingest.createKey("other");
    const [witness] = contracts;
    const before = process.memoryUsage().rss;
    let peak = before;
    const startedAt = performance.now();
    const flood = runAll(bombs.length, 24, async (index) => {
      const { name, sender, encoding, body } = bombs[index % bombs.length] ?? assert.fail();
      const reply = await sender.send(ingest, { body, key, headers: { "content-encoding": encoding } });
      assert.ok([413, 429, 503].includes(reply.code), `${name}, ${encoding}: ${reply.code} ${reply.body}`);
      peak = Math.max(peak, process.memoryUsage().rss);
    });
    const waited: number[] = [];
    const others = runAll(20, 1, async () => {
      const began = performance.now();
      const body = witness?.request(["witness"]) ?? Buffer.alloc(0);
      const reply = await witness?.sender.send(ingest, { body, key: other.key });
      assert.equal(reply?.verdict, "taken");
      waited.push(performance.now() - began);
    });
    await Promise.all([flood, others]);
    const perBomb = (performance.now() - startedAt) / bombs.length;
    assert.ok(perBomb < 500, `${perBomb} ms a bomb`);
    assert.ok(peak - before < 256 * mebibyte, `${Math.round((peak - before) / mebibyte)} MB more`);
    assert.ok(Math.max(...waited) < 5000, `another tenant waited ${Math.max(...waited)} ms`);
  });

  test("bombs in bombs are not opened", async () => {
    for (const { name, sender, compressions = {} } of contracts) {
      const { gzip } = compressions;
      if (gzip === undefined) continue;
      const twice = gzip(gzip(Buffer.alloc(64 * mebibyte)));
      for (const [encoding, want] of [
        ["gzip, gzip", 415],
        ["gzip", 400],
      ] as const) {
        const reply = await sender.send(ingest, { body: twice, key, headers: { "content-encoding": encoding } });
        assert.equal(reply.code, want, `${name}, ${encoding}: ${reply.body}`);
      }
    }
  });
});

/** A message of one field that holds a message of one field, and so on. */
function nested(levels: number): Buffer {
  const heads: Buffer[] = [];
  let length = 0;
  for (let level = 0; level < levels; level++) {
    const head = Buffer.from([0x0a, ...varint(length)]);
    heads.push(head);
    length += head.length;
  }
  return Buffer.concat(heads.reverse());
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
