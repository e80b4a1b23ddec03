import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { unavailable } from "@sightline/errors/app-error";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats } from "@sightline/testkit/servers";
import { isStreamFull } from "./bus-error.ts";
import { type Bus, connectBus } from "./connect.ts";
import { publishDeadLetter } from "./dead-letter.ts";
import { makeDeadLetterRoom } from "./dead-letter-room.ts";
import { type DeadLetterRange, getDeadLetter, listDeadLetters } from "./dead-letters.ts";
import type { StoredMessage } from "./message.ts";
import { readRange } from "./ordered.ts";
import { openRedrive, type Redrive } from "./redrive.ts";
import { ensureStreams, streamState } from "./streams.ts";

const closers = new AsyncDisposableStack();
after(() => closers.disposeAsync());
let nats: Awaited<ReturnType<typeof startNats>>;
let bus: Bus;
let redrive: Redrive["redrive"];

const failed = (seq: number): StoredMessage => ({
  subject: "telemetry.logs.2",
  payload: Buffer.from(`payload ${seq}`),
  tenant: "shop",
  records: 7,
  seq,
  receivedUnixNano: 1_700_000_000_000_000_000n,
});

before(async () => {
  nats = closers.use(await startNats());
  bus = await connectBus({ url: nats.url, name: "test", log: quietLog });
  closers.defer(() => bus.close());
  await ensureStreams(bus, { diskBudgetBytes: 100_000_000, replicas: 1 });
  ({ redrive } = await openRedrive(bus, { replicas: 1 }));
});

const unlessTwice = { evenIfTwice: false };
const listed = async (range: DeadLetterRange, from = bus) => {
  const { heads, nextSeq } = await listDeadLetters(from, range);
  return { seqs: heads.map(({ seq }) => seq), nextSeq };
};

describe("dead letters", () => {
  test("there are none at first", async () => {
    assert.deepEqual(await listed({ startSeq: 0, maxLetters: 10 }), { seqs: [], nextSeq: undefined });
    assert.equal(await getDeadLetter(bus, 1), undefined);
    assert.equal(await redrive(1, unlessTwice), undefined);
  });

  test("are listed in order, page by page, with what is known of them", async () => {
    for (const seq of [41, 42, 43]) {
      await publishDeadLetter(bus, { message: failed(seq), reason: "malformed", error: `error ${seq}` }, "then");
    }
    const first = await listDeadLetters(bus, { startSeq: 0, maxLetters: 2 });
    assert.equal(first.nextSeq, 3);
    assert.deepEqual(
      first.heads.map(({ seq, subjectSeq, error }) => ({ seq, subjectSeq, error })),
      [
        { seq: 1, subjectSeq: 41, error: "error 41" },
        { seq: 2, subjectSeq: 42, error: "error 42" },
      ],
    );
    const { heads, nextSeq } = await listDeadLetters(bus, { startSeq: 3, maxLetters: 2 });
    assert.equal(nextSeq, undefined);
    const [last, ...more] = heads;
    assert.equal(more.length, 0);
    const { timeUnixNano, ...head } = last ?? assert.fail("want the third");
    assert.ok(timeUnixNano > 1_700_000_000_000_000_000n);
    assert.deepEqual(head, {
      seq: 3,
      tenant: "shop",
      records: 7,
      reason: "malformed",
      error: "error 43",
      subject: "telemetry.logs.2",
      subjectSeq: 43,
      firstRecord: undefined,
      bytes: "payload 43".length,
    });
    assert.deepEqual(await listed({ startSeq: 4, maxLetters: 2 }), { seqs: [], nextSeq: undefined });
  });

  test("one is shown with its payload", async () => {
    const letter = await getDeadLetter(bus, 2);
    assert.equal(letter?.head.error, "error 42");
    assert.equal(Buffer.from(letter?.payload ?? []).toString(), "payload 42");
  });

  test("one that is sent again is on the bus as it was, once, and no dead letter any more", async () => {
    const seq = await redrive(2, unlessTwice);
    assert.ok(seq !== undefined);
    const range = { stream: "telemetry", subject: "telemetry.logs.2", firstSeq: 1, lastSeq: seq } as const;
    const [message, ...more] = await readRange(bus, { ...range, signal: new AbortController().signal });
    assert.equal(more.length, 0);
    assert.deepEqual({ ...message, payload: Buffer.from(message?.payload ?? []) }, { ...failed(42), seq });
    assert.equal(await redrive(2, unlessTwice), undefined);
    assert.equal((await streamState(bus, "telemetry")).messages, 1);
    assert.deepEqual(await listed({ startSeq: 0, maxLetters: 10 }), { seqs: [1, 3], nextSeq: undefined });
  });

  test("two who send one again at the same moment both succeed, and it is one message", async () => {
    const sent = await Promise.all([redrive(3, unlessTwice), redrive(3, unlessTwice), redrive(3, unlessTwice)]);
    assert.equal(new Set(sent.filter((seq) => seq !== undefined)).size, 1);
    assert.equal((await streamState(bus, "telemetry")).messages, 2);
    assert.equal(await getDeadLetter(bus, 3), undefined);
  });

  test("a bus that hands them out slowly makes the list no shorter: it says where to go on, or that it is slow", async () => {
    for (const seq of [44, 45]) {
      await publishDeadLetter(bus, { message: failed(seq), reason: "malformed", error: "error" }, "then");
    }
    // Of the three that there are: the second does not come through, then none does.
    for (const [held, seqs] of [["Sightline-Sequence: 44", [1]], ["Sightline-Sequence: 41"]] as const) {
      await using slow = await startHoldingProxy(nats.port, held);
      const url = nats.url.replace(`:${nats.port}`, `:${slow.port}`);
      const slowBus = await connectBus({ url, name: "slow", log: quietLog });
      const all = listed({ startSeq: 0, maxLetters: 10, waitMs: 1000 }, slowBus);
      if (seqs !== undefined) assert.deepEqual(await all, { seqs, nextSeq: 2 });
      else await assert.rejects(all, { code: "unavailable", message: /^cannot list the dead letters from 0: / });
      await slowBus.close();
    }
    assert.deepEqual(await listed({ startSeq: 2, maxLetters: 10 }), { seqs: [4, 5], nextSeq: undefined });
  });

  test("one whose sending broke off is sent again while the bus knows it; later it is said that it may be there", async () => {
    // What was sent stays a dead letter, as when a process ends right after sending.
    await bus.manager.streams.update("DEADLETTER", { deny_delete: true });
    const { messages } = await streamState(bus, "telemetry");
    const sent = async () => (await streamState(bus, "telemetry")).messages - messages;
    const brokenOff = { code: "unavailable", message: /^cannot remove the dead letter 4: / };
    await assert.rejects(redrive(4, unlessTwice), brokenOff);
    await assert.rejects(redrive(4, unlessTwice), brokenOff);
    assert.equal(await sent(), 1);
    const late = await openRedrive(bus, { replicas: 1, repeatWithinMs: 0 });
    const tooLate = { code: "failed_precondition", message: /began at 20\S+Z and broke off, .* may be stored already/ };
    await assert.rejects(late.redrive(4, unlessTwice), tooLate);
    await assert.rejects(late.redrive(4, unlessTwice), tooLate);
    assert.equal(await sent(), 1);
    await assert.rejects(late.redrive(4, { evenIfTwice: true }), brokenOff);
  });

  test("one that the bus refuses can be tried again at any time", async () => {
    const late = await openRedrive(bus, { replicas: 1, repeatWithinMs: 0 });
    const config = { max_bytes: 1 };
    await bus.manager.streams.update("TELEMETRY", config);
    for (const _again of [1, 2]) {
      await assert.rejects(late.redrive(5, unlessTwice), {
        code: "unavailable",
        message: /^cannot publish the dead letter 5 /,
      });
    }
  });
});

test("records of one message are letters of their own, each kept once, and say where in it they were", async () => {
  await bus.manager.streams.purge("DEADLETTER");
  for (const [firstRecord, records] of [
    [2, 1],
    [2, 2],
    [5, 1],
    [2, 1],
  ] as const) {
    const message = { ...failed(43), records };
    await publishDeadLetter(bus, { message, firstRecord, reason: "refused_by_database", error: "error" }, "then");
  }
  const { heads } = await listDeadLetters(bus, { startSeq: 0, maxLetters: 10 });
  assert.deepEqual(
    heads.map(({ subjectSeq, firstRecord, records }) => [subjectSeq, firstRecord, records]),
    [
      [43, 2, 1],
      [43, 2, 2],
      [43, 5, 1],
    ],
  );
});

test("a full stream refuses a letter rather than dropping one unseen; room is made by the oldest, which are counted", async () => {
  await bus.manager.streams.purge("DEADLETTER");
  await bus.manager.streams.update("DEADLETTER", { max_bytes: 20_000 });
  const letter = (seq: number) => {
    const message = { ...failed(seq), payload: Buffer.alloc(1000), tenant: seq % 2 === 0 ? "shop" : "bank" };
    return { message, reason: "malformed", error: "error" };
  };
  let seq = 100;
  let full: unknown;
  while (full === undefined && seq < 200) {
    full = await publishDeadLetter(bus, letter(seq), "full").then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    seq += 1;
  }
  assert.ok(isStreamFull(full), String(full));
  assert.ok(!isStreamFull(unavailable("away")));
  const before = (await listed({ startSeq: 0, maxLetters: 100 })).seqs;
  assert.equal(before.length, seq - 101, "nothing was dropped");
  const { total: dropped, byTenant } = await makeDeadLetterRoom(bus, 5000);
  assert.ok(dropped >= 4 && dropped < 10, `${dropped} went`);
  const ofBank = Math.floor(dropped / 2);
  assert.deepEqual(Object.fromEntries(byTenant), { shop: dropped - ofBank, bank: ofBank });
  assert.deepEqual((await listed({ startSeq: 0, maxLetters: 100 })).seqs, before.slice(dropped));
  await publishDeadLetter(bus, { ...letter(300), message: { ...failed(300), payload: Buffer.alloc(5000) } }, "full");
});

/** A server's port as seen over a line that holds back everything from a text on that the server says. */
async function startHoldingProxy(port: number, held: string): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    let isHolding = false;
    upstream.on("data", (chunk) => {
      const at = chunk.indexOf(held);
      if (!isHolding) client.write(at < 0 ? chunk : chunk.subarray(0, at));
      isHolding ||= at >= 0;
    });
    client.on("data", (chunk) => upstream.write(chunk));
    for (const socket of [client, upstream]) sockets.add(socket.on("error", () => undefined));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
