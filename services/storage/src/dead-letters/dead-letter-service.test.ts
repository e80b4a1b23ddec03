import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type DeadLetter as FailedMessage, publishDeadLetter } from "@sightline/bus/dead-letter";
import { openRedrive } from "@sightline/bus/redrive";
import { DeadLetterServiceClient } from "@sightline/proto/sightline/deadletter/v1/dead_letter_service";
import { createClient } from "@sightline/rpc/client";
import { createGrpcServer } from "@sightline/rpc/server";
import { quietLog } from "@sightline/testkit/quiet-log";
import { type Pipeline, startPipeline } from "../testing/pipeline.ts";
import { addDeadLetterService } from "./dead-letter-service.ts";

const internalToken = "the-internal-token";
const opened = new AsyncDisposableStack();
let pipeline: Pipeline;
let client: ReturnType<typeof connect>;

function connect(address: string) {
  return createClient(DeadLetterServiceClient, address, { internalToken });
}

const letterOf = (tenant: string, seq: number, reason = "malformed", signal = "logs"): FailedMessage => ({
  message: {
    subject: `telemetry.${signal}.0`,
    payload: Buffer.from(`payload ${seq}`),
    tenant,
    records: 3,
    seq,
    receivedUnixNano: 1n,
  },
  reason,
  error: "cannot read it",
});

before(async () => {
  pipeline = opened.use(await startPipeline());
  const server = createGrpcServer({ host: "127.0.0.1", port: 0, log: quietLog });
  const { bus } = pipeline;
  addDeadLetterService(server, { bus, ...(await openRedrive(bus, { replicas: 1 })), internalToken });
  opened.defer(() => server.close(1000));
  client = connect(`127.0.0.1:${await server.listen()}`);
  opened.defer(() => client.close());
  const letters = [
    letterOf("acme", 1),
    letterOf("other", 2),
    letterOf("acme", 3, "invalid_record"),
    letterOf("", 4, "no_tenant"),
    letterOf("acme", 5, "refused_by_database", "metrics"),
    letterOf("acme", 6, "refused_by_database"),
  ];
  for (const letter of letters) await publishDeadLetter(pipeline.bus, letter, "then");
});
after(() => opened.disposeAsync());

interface Wanted {
  readonly startSequence?: bigint;
  readonly limit?: number;
  readonly reason?: string;
}

const all = { startSequence: 0n, limit: 0, reason: "" };

const list = async (tenant: string, request: Wanted = {}) => {
  const answer = await client.call("listDeadLetters", { ...all, ...request }, { tenant });
  return { sequences: answer.deadLetters.map(({ subjectSequence }) => subjectSequence), next: answer.nextSequence };
};

describe("a tenant sees its own dead letters", () => {
  test("and no other's", async () => {
    assert.deepEqual(await list("acme"), { sequences: [1n, 3n, 5n, 6n], next: 0n });
    assert.deepEqual(await list("other"), { sequences: [2n], next: 0n });
    assert.deepEqual(await list("nobody"), { sequences: [], next: 0n });
  });

  test("those that name no tenant are the first tenant's", async () => {
    assert.deepEqual(await list("default"), { sequences: [4n], next: 0n });
  });

  test("page by page, and by reason", async () => {
    const { sequences, next } = await list("acme", { limit: 2 });
    assert.deepEqual(sequences, [1n, 3n]);
    assert.deepEqual(await list("acme", { limit: 2, startSequence: next }), { sequences: [5n, 6n], next: 0n });
    assert.deepEqual(await list("acme", { reason: "refused_by_database" }), { sequences: [5n, 6n], next: 0n });
  });

  test("with the message", async () => {
    const { deadLetter, payload } = await client.call("getDeadLetter", { sequence: 1n }, { tenant: "acme" });
    assert.equal(deadLetter?.reason, "malformed");
    assert.equal(deadLetter?.error, "cannot read it");
    assert.equal(deadLetter?.subject, "telemetry.logs.0");
    assert.equal(deadLetter?.records, 3);
    assert.equal(Buffer.from(payload).toString(), "payload 1");
    await assert.rejects(client.call("getDeadLetter", { sequence: 1n }, { tenant: "other" }), { code: "not_found" });
  });
});

test("who runs the system sees whose each is, over all tenants; nobody else does", async () => {
  const { deadLetters } = await client.call("listAllDeadLetters", { ...all, limit: 4 }, { tenant: "default" });
  assert.deepEqual(
    deadLetters.map(({ subjectSequence, tenant, firstRecord }) => [subjectSequence, tenant, firstRecord]),
    [
      [1n, "acme", undefined],
      [2n, "other", undefined],
      [3n, "acme", undefined],
      [4n, "", undefined],
    ],
  );
  await assert.rejects(client.call("listAllDeadLetters", all, { tenant: "acme" }), { code: "permission_denied" });
});

describe("sending again", () => {
  const redrive = (tenant: string, sequence: bigint, evenIfPartlyStored = false) =>
    client.call("redriveDeadLetter", { sequence, evenIfPartlyStored }, { tenant });

  test("is for the tenant's own", async () => {
    await assert.rejects(redrive("acme", 2n), { code: "not_found" });
  });

  for (const [sequence, what] of [
    [3n, "left a record out"],
    [5n, "may be in other tables"],
  ] as const) {
    test(`asks when the message ${what}`, async () => {
      await assert.rejects(redrive("acme", sequence), { code: "failed_precondition", message: /would be twice/ });
      assert.ok((await redrive("acme", sequence, true)).sequence > 0n);
    });
  }

  test("removes the letter", async () => {
    assert.ok((await redrive("acme", 1n)).sequence > 0n);
    await assert.rejects(redrive("acme", 1n), { code: "not_found" });
    assert.deepEqual((await list("acme")).sequences, [6n]);
  });
});

test("one that nobody needs any more is removed, by its own tenant", async () => {
  const remove = (tenant: string) => client.call("deleteDeadLetter", { sequence: 6n }, { tenant });
  await assert.rejects(remove("other"), { code: "not_found" });
  await remove("acme");
  assert.deepEqual((await list("acme")).sequences, []);
  await assert.rejects(remove("acme"), { code: "not_found" });
});
