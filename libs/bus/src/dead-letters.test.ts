import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats } from "@sightline/testkit/servers";
import { type Bus, connectBus } from "./connect.ts";
import { publishDeadLetter } from "./dead-letter.ts";
import { getDeadLetter, listDeadLetters, redriveDeadLetter } from "./dead-letters.ts";
import type { StoredMessage } from "./message.ts";
import { readRange } from "./ordered.ts";
import { ensureStreams, streamState } from "./streams.ts";

const closers = new AsyncDisposableStack();
after(() => closers.disposeAsync());
let bus: Bus;

const failed = (seq: number): StoredMessage => ({
  subject: "telemetry.logs.2",
  payload: Buffer.from(`payload ${seq}`),
  tenant: "shop",
  records: 7,
  seq,
  receivedUnixNano: 1_700_000_000_000_000_000n,
});

before(async () => {
  const nats = closers.use(await startNats());
  bus = await connectBus({ url: nats.url, name: "test", log: quietLog });
  closers.defer(() => bus.close());
  await ensureStreams(bus, { diskBudgetBytes: 100_000_000, replicas: 1 });
});

describe("dead letters", () => {
  test("there are none at first", async () => {
    assert.deepEqual(await listDeadLetters(bus, { startSeq: 0, maxLetters: 10 }), []);
    assert.equal(await getDeadLetter(bus, 1), undefined);
    assert.equal(await redriveDeadLetter(bus, 1), undefined);
  });

  test("are listed in order, page by page, with what is known of them", async () => {
    for (const seq of [41, 42, 43]) {
      await publishDeadLetter(bus, { message: failed(seq), reason: "malformed", error: `error ${seq}` }, "then");
    }
    const first = await listDeadLetters(bus, { startSeq: 0, maxLetters: 2 });
    assert.deepEqual(
      first.map(({ seq, subjectSeq, error }) => ({ seq, subjectSeq, error })),
      [
        { seq: 1, subjectSeq: 41, error: "error 41" },
        { seq: 2, subjectSeq: 42, error: "error 42" },
      ],
    );
    const [last, ...more] = await listDeadLetters(bus, { startSeq: 3, maxLetters: 2 });
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
      bytes: "payload 43".length,
    });
    assert.deepEqual(await listDeadLetters(bus, { startSeq: 4, maxLetters: 2 }), []);
  });

  test("one is shown with its payload", async () => {
    const letter = await getDeadLetter(bus, 2);
    assert.equal(letter?.head.error, "error 42");
    assert.equal(Buffer.from(letter?.payload ?? []).toString(), "payload 42");
  });

  test("one that is sent again is on the bus as it was, once, and no dead letter any more", async () => {
    const seq = await redriveDeadLetter(bus, 2);
    assert.ok(seq !== undefined);
    const range = { stream: "telemetry", subject: "telemetry.logs.2", firstSeq: 1, lastSeq: seq } as const;
    const [message, ...more] = await readRange(bus, { ...range, signal: new AbortController().signal });
    assert.equal(more.length, 0);
    assert.deepEqual({ ...message, payload: Buffer.from(message?.payload ?? []) }, { ...failed(42), seq });
    assert.equal(await redriveDeadLetter(bus, 2), undefined);
    assert.equal((await streamState(bus, "telemetry")).messages, 1);
    assert.deepEqual(
      (await listDeadLetters(bus, { startSeq: 0, maxLetters: 10 })).map((head) => head.seq),
      [1, 3],
    );
  });

  test("two who send one again at the same moment both succeed, and it is one message", async () => {
    const sent = await Promise.all([redriveDeadLetter(bus, 3), redriveDeadLetter(bus, 3), redriveDeadLetter(bus, 3)]);
    assert.equal(new Set(sent.filter((seq) => seq !== undefined)).size, 1);
    assert.equal((await streamState(bus, "telemetry")).messages, 2);
    assert.equal(await getDeadLetter(bus, 3), undefined);
  });
});
