import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { type CommitEntry, type CommitObserver, createCommitter, type MessagePublisher } from "./committer.ts";

interface Message {
  readonly text: string;
  readonly tenant: string;
  readonly records: number;
  readonly msgId: string;
}

interface SetUp {
  readonly maxDelayMs?: number;
  readonly maxBatchBytes?: number;
  readonly maxMessageBytes?: number;
  readonly fail?: AppError;
}

/** A committer over a publisher that keeps what it is given and answers when told to. */
function setUp(options: SetUp = {}) {
  const messages: Message[] = [];
  const observed: Parameters<CommitObserver["committed"]>[0][] = [];
  const publisher: MessagePublisher = {
    publish: async (payload, { tenant, records, msgId }) => {
      messages.push({ text: Buffer.from(payload).toString(), tenant, records, msgId });
      if (options.fail !== undefined) throw options.fail;
    },
    maxMessageBytes: () => options.maxMessageBytes ?? 1_000_000,
  };
  let ids = 0;
  const committer = createCommitter({
    publishers: { traces: publisher, metrics: publisher, logs: publisher, events: publisher },
    maxDelayMs: options.maxDelayMs ?? 5,
    maxBatchBytes: options.maxBatchBytes ?? 100,
    shardOf: () => 0,
    newId: () => `id${ids++}`,
    observer: { committed: (message) => observed.push(message) },
  });
  return { committer, messages, observed };
}

function entry(text: string, overrides: Partial<CommitEntry> = {}): CommitEntry {
  return { signal: "logs", tenant: "a", payload: Buffer.from(text), records: 1, receivedUnixNano: 1n, ...overrides };
}

test("what comes together shares a message; tenants and signals never do", async () => {
  const { committer, messages, observed } = setUp();
  await Promise.all([
    committer.commit(entry("1")),
    committer.commit(entry("x", { tenant: "b" })),
    committer.commit(entry("2", { records: 5 })),
    committer.commit(entry("t", { signal: "traces" })),
    committer.commit(entry("3")),
  ]);
  assert.deepEqual(messages.map(({ text, tenant, records }) => [text, tenant, records]).sort(), [
    ["123", "a", 7],
    ["t", "a", 1],
    ["x", "b", 1],
  ]);
  assert.equal(new Set(messages.map(({ msgId }) => msgId)).size, 3);
  assert.equal(observed.find(({ requests }) => requests === 3)?.bytes, 3);
});

test("requests that the bus takes one by one do not become too long for it together", async () => {
  const { committer, messages } = setUp({ maxBatchBytes: 1000, maxMessageBytes: 10 });
  await Promise.all(["aaaa", "bbbb", "cccc"].map((text) => committer.commit(entry(text))));
  assert.deepEqual(messages.map(({ text }) => text).sort(), ["aaaabbbb", "cccc"]);
});

test("a full group goes at once, what does not fit any more starts the next, a large request goes alone", async () => {
  const { committer, messages } = setUp({ maxDelayMs: 60_000, maxBatchBytes: 10 });
  await Promise.all([
    committer.commit(entry("aaaa")),
    committer.commit(entry("bbbbbb")),
    committer.commit(entry("cccc")),
    committer.commit(entry("ddddddd")),
    committer.commit(entry("e".repeat(20))),
  ]);
  assert.deepEqual(
    messages.map(({ text }) => text),
    ["aaaabbbbbb", "cccc", "ddddddd", "e".repeat(20)],
  );
  await committer.close();
});

test("when publishing fails every sender of the message hears it", async () => {
  const fail = new AppError("unavailable", "the bus is away");
  const { committer, observed } = setUp({ fail });
  const results = await Promise.allSettled([committer.commit(entry("1")), committer.commit(entry("2"))]);
  for (const result of results) assert.equal(result.status === "rejected" && result.reason, fail);
  assert.deepEqual(
    observed.map(({ ok, requests }) => [ok, requests]),
    [[false, 2]],
  );
});

test("a sender whose time is over does not wait for the others", async () => {
  const { committer, messages } = setUp({ maxDelayMs: 60_000 });
  const timeout = new AppError("deadline_exceeded", "over");
  const impatient = committer.commit(entry("1"), AbortSignal.abort(timeout));
  await assert.rejects(impatient, timeout);
  const stop = new AbortController();
  const waiting = committer.commit(entry("2"), stop.signal);
  const patient = committer.commit(entry("3"));
  stop.abort(timeout);
  await assert.rejects(waiting, timeout);
  await committer.close();
  await patient;
  assert.deepEqual(
    messages.map(({ text }) => text),
    ["23"],
  );
});

test("closing sends what waits and refuses the rest", async () => {
  const { committer, messages } = setUp({ maxDelayMs: 60_000 });
  const waiting = committer.commit(entry("1"));
  await committer.close();
  await waiting;
  assert.equal(messages.length, 1);
  await assert.rejects(committer.commit(entry("2")), (thrown) => AppError.from(thrown).code === "unavailable");
  await committer.close();
});
