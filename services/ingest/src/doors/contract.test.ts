// The contract of all doors: one table of protocols, one list of what each of them must keep. What syslog, which cannot
// answer, does instead of it is in syslog/door.test.ts, but for the memory that it shares with the others.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { after, before, suite, test } from "node:test";
import { createApiKey } from "@sightline/auth/api-key";
import { putTenantLimits } from "@sightline/postgres/tenant-limits";
import { eventually } from "@sightline/testkit/eventually";
import { freePort } from "@sightline/testkit/free-port";
import { type IngestUnderTest, startIngest } from "../testing/ingest.ts";
import { logMarksIn } from "./otlp/testing/kinds.ts";
import { contracts } from "./testing/contracts.ts";
import { type Begun, httpSender, type Reply } from "./testing/sender.ts";

const maxRequestBytes = 200_000;
const maxHeldBytes = 1_048_576;
let ingest: IngestUnderTest;
let key: string;
let syslogPort: number;

before(async () => {
  syslogPort = await freePort();
  ingest = await startIngest({
    limits: { maxRequestBytes, maxHeldBytes, maxHeldShare: 1 },
    config: {
      syslog: (["tcp", "udp"] as const).map((transport) => ({ transport, port: syslogPort, tenant: "acme" })),
    },
  });
  key = (await ingest.createKey("acme")).key;
});

after(() => ingest.stop());

const held = () => ingest.metric("sightline_ingest_held_bytes");

let marked = 0;
const newMarks = (count: number) => Array.from({ length: count }, () => `mark-${++marked}-`);

/** Fills the memory for requests to the last byte with requests of another tenant that do not end. */
async function fillMemory(): Promise<() => Promise<void>> {
  const other = await ingest.createKey("umbrella");
  const sender = httpSender({ path: "/v1/logs", headers: { "content-type": "application/x-protobuf" } });
  const begun: Begun[] = [];
  for (let left = maxHeldBytes; left > 0; left -= maxRequestBytes) {
    const body = Buffer.alloc(Math.min(left, maxRequestBytes));
    begun.push(await sender.begin(ingest, { body, key: other.key }));
  }
  await eventually(async () => (await held()) === maxHeldBytes);
  return async () => {
    for (const { leave } of begun) leave();
    await eventually(async () => (await held()) < maxHeldBytes / 2);
  };
}

for (const contract of contracts) {
  const { name, protocol, signal, sender, half } = contract;
  const send = (body: Uint8Array, headers = {}): Promise<Reply> => sender.send(ingest, { body, key, headers });

  /** What is stored while something is done. */
  const storedDuring = async (act: () => Promise<void>): Promise<readonly string[]> => {
    const seq = await ingest.lastSeq();
    await act();
    const messages = await ingest.stored(signal, seq);
    for (const { tenant } of messages) assert.equal(tenant, "acme");
    const marks = messages.flatMap(({ payload }) => contract.marksIn(payload));
    const records = messages.reduce((sum, message) => sum + message.records, 0);
    assert.equal(records, marks.length, "the message says how many records it has");
    assert.equal((await ingest.lastSeq()) - seq, messages.length, "nothing of another signal");
    return marks;
  };

  /** How many of its requests were refused for these reasons. */
  const refusals = async (...reasons: readonly string[]): Promise<number> => {
    const line = (reason: string) =>
      `sightline_ingest_refused_requests_total{protocol="${protocol}",reason="${reason}"}`;
    const counts = await Promise.all(reasons.map((reason) => ingest.metric(line(reason))));
    return counts.reduce((sum, count) => sum + count, 0);
  };

  const assertRefused = (reply: Reply, verdict: "refused" | "come back" = "refused"): void => {
    assert.equal(reply.verdict, verdict, `${reply.code}: ${reply.body}`);
    contract.assertRefusal(reply);
  };

  suite(name, () => {
    test("what is taken is on the bus: every record, in order, under the key's tenant", async () => {
      const accepted = `sightline_ingest_accepted_records_total{signal="${signal}",protocol="${protocol}"}`;
      const before = await ingest.metric(accepted);
      const marks = newMarks(3);
      const stored = await storedDuring(async () => {
        const reply = await sender.send(ingest, {
          body: contract.request(marks),
          key,
          // Who a record belongs to is the key's to say, whatever a request says of it.
          headers: { "x-scope-orgid": "umbrella" },
        });
        assert.equal(reply.verdict, "taken", `${reply.code}: ${reply.body}`);
      });
      assert.deepEqual(stored, marks);
      assert.equal((await ingest.metric(accepted)) - before, 3);
    });

    test("an empty request is a success that stores nothing", async () => {
      for (const body of contract.empty) {
        const stored = await storedDuring(async () => {
          const reply = await send(body);
          assert.equal(reply.verdict, "taken", `${reply.code}: ${reply.body}`);
        });
        assert.deepEqual(stored, []);
      }
    });

    test("what cannot be read is refused for good, and stores nothing", async () => {
      const before = await refusals("invalid_argument");
      for (const body of contract.malformed) {
        const stored = await storedDuring(async () => {
          const reply = await send(body);
          assertRefused(reply);
          assert.equal(reply.retryAfterMs, undefined);
        });
        assert.deepEqual(stored, []);
      }
      assert.equal((await refusals("invalid_argument")) - before, contract.malformed.length);
    });

    if (!("never" in half)) {
      test("a bad record among good ones is named and counted, and the good ones are taken", async () => {
        const refused = `sightline_ingest_refused_records_total{signal="${signal}",protocol="${protocol}"`;
        const before = await ingest.metricSum(refused);
        const marks = newMarks(3);
        const stored = await storedDuring(async () => half.assertSaid(await send(half.request(marks))));
        assert.deepEqual(stored, marks);
        assert.equal((await ingest.metricSum(refused)) - before, half.refused);
      });
    }

    test("when memory is full the sender is asked to come back, and taken then", async () => {
      const free = await fillMemory();
      const body = contract.request(newMarks(1));
      try {
        const stored = await storedDuring(async () => {
          const reply = await send(body);
          assertRefused(reply, "come back");
          assert.equal(reply.retryAfterMs, 1000);
          assert.equal(reply.code, sender.kind === "http" ? 503 : 14);
        });
        assert.deepEqual(stored, []);
      } finally {
        await free();
      }
      assert.equal((await send(body)).verdict, "taken");
    });

    test("what is more than its tenant may send is to come back; other tenants go on", async () => {
      const tenant = `limited-${contracts.indexOf(contract)}`;
      const limited = await ingest.createKey(tenant);
      await putTenantLimits(ingest.sql, tenant, { recordsPerSecond: 1, burstRecords: 1 });
      const twice = contract.request(newMarks(3));
      // Its first request fills the bucket's debt as soon as ingest knows of the limit.
      const reply = await eventually(async () => {
        const answer = await sender.send(ingest, { body: twice, key: limited.key });
        return answer.verdict === "taken" ? false : answer;
      });
      assert.ok(reply !== false);
      assertRefused(reply, "come back");
      assert.ok(reply.retryAfterMs !== undefined && reply.retryAfterMs > 0);
      assert.equal(reply.code, sender.kind === "http" ? 429 : 8);
      assert.equal((await send(contract.request(newMarks(1)))).verdict, "taken");
    });

    test("keys: none, mistyped, unknown and without the scope are refused", async () => {
      const before = await refusals("unauthenticated", "permission_denied");
      const query = await ingest.createKey("acme", ["query"]);
      const keys = [undefined, "sl_ingest_mistyped", createApiKey("ingest").key, query.key];
      const body = contract.request(newMarks(1));
      const stored = await storedDuring(async () => {
        const codes: number[] = [];
        for (const wrong of keys) {
          const reply = await sender.send(ingest, { body, key: wrong });
          assertRefused(reply);
          codes.push(reply.code);
        }
        assert.deepEqual(codes, sender.kind === "http" ? [401, 401, 401, 403] : [16, 16, 16, 7]);
      });
      assert.deepEqual(stored, []);
      assert.equal((await refusals("unauthenticated", "permission_denied")) - before, 4);
    });

    test("what is too large is refused for good", async () => {
      const before = await refusals("too_large");
      const stored = await storedDuring(async () => {
        const reply = await send(contract.request(newMarks(maxRequestBytes / 10)));
        assertRefused(reply);
        assert.equal(reply.retryAfterMs, undefined);
        assert.equal(reply.code, sender.kind === "http" ? 413 : 8);
      });
      assert.deepEqual(stored, []);
      assert.equal((await refusals("too_large")) - before, 1);
      assert.equal(await held(), 0);
    });

    const compressions = Object.entries(contract.compressions ?? {});
    if (compressions.length > 0) {
      test("compressed: taken; broken or too large inside: refused", async () => {
        for (const [encoding, compress] of compressions) {
          const marks = newMarks(3);
          const headers = { "content-encoding": encoding };
          const stored = await storedDuring(async () => {
            const compressed = compress(contract.request(marks));
            assert.equal((await send(compressed, headers)).verdict, "taken", encoding);
            const bomb = await send(compress(Buffer.alloc(maxRequestBytes * 50)), headers);
            assertRefused(bomb);
            assert.equal(bomb.code, 413, encoding);
            if (encoding === "identity") return;
            const broken = await send(compressed.subarray(0, compressed.length - 10), headers);
            assertRefused(broken);
            assert.equal(broken.code, 400, encoding);
          });
          assert.deepEqual(stored, marks, encoding);
        }
        assert.equal(await held(), 0);
      });
    }

    // gRPC has one content type, and compression of its own.
    if (sender.kind === "http") {
      test("a form that is not read is refused as such", async () => {
        const body = contract.request(newMarks(1));
        const stored = await storedDuring(async () => {
          for (const headers of [{ "content-type": "image/png" }, { "content-encoding": "br" }]) {
            const reply = await send(body, headers);
            assert.equal(reply.verdict, "refused");
            assert.equal(reply.code, 415);
          }
        });
        assert.deepEqual(stored, []);
      });
    }

    test("a sender that goes away in the middle leaves nothing behind", async () => {
      const stored = await storedDuring(async () => {
        const begun = await sender.begin(ingest, { body: contract.request(newMarks(1000)), key });
        if (sender.kind === "http") await eventually(async () => (await held()) > 0);
        begun.leave();
        await eventually(async () => (await held()) === 0);
        // Whoever comes next is served.
        assert.equal((await send(contract.empty[0] ?? Buffer.alloc(0))).verdict, "taken");
      });
      assert.deepEqual(stored, []);
    });
  });
}

test("when memory is full, doors that cannot answer wait for it and lose nothing", async () => {
  const seq = await ingest.lastSeq();
  const [overTcp = "", overUdp = ""] = newMarks(2);
  const stream = connect(syslogPort, "127.0.0.1");
  const datagrams = createSocket("udp4");
  const free = await fillMemory();
  try {
    stream.end(`<13>app: ${overTcp}\n`);
    await new Promise((resolve) => datagrams.send(`<13>app: ${overUdp}`, syslogPort, "127.0.0.1", resolve));
    for (const protocol of ["syslog-tcp", "syslog-udp"]) {
      const received = `sightline_ingest_received_bytes_total{protocol="${protocol}"}`;
      await eventually(async () => (await ingest.metric(received)) > 0);
    }
    assert.equal(await ingest.lastSeq(), seq);
  } finally {
    await free();
    datagrams.close();
  }
  await eventually(async () => {
    const stored = (await ingest.stored("logs", seq)).flatMap(({ payload }) => logMarksIn(payload));
    assert.deepEqual(stored.toSorted(), [overTcp, overUdp].toSorted());
  });
});

test("while the bus is away every door asks to come back; with it again every door takes", async () => {
  const seq = await ingest.lastSeq();
  await ingest.nats.kill();
  await eventually(async () => (await ingest.service.deps.readiness.report()).ready === false);
  for (const { name, request, sender, assertRefusal } of contracts) {
    const reply = await sender.send(ingest, { body: request(newMarks(1)), key });
    assert.equal(reply.verdict, "come back", `${name}: ${reply.code} ${reply.body}`);
    assert.ok(reply.retryAfterMs !== undefined && reply.retryAfterMs > 0, name);
    assertRefusal(reply);
  }
  await ingest.nats.restart();
  assert.equal(await eventually(() => ingest.lastSeq()), seq);
  await eventually(async () => (await ingest.service.deps.readiness.report()).ready);
  for (const { name, request, sender, signal, marksIn } of contracts) {
    const before = await ingest.lastSeq();
    const marks = newMarks(2);
    const reply = await sender.send(ingest, { body: request(marks), key });
    assert.equal(reply.verdict, "taken", `${name}: ${reply.code} ${reply.body}`);
    const messages = await ingest.stored(signal, before);
    assert.deepEqual(
      messages.flatMap(({ payload }) => marksIn(payload)),
      marks,
      name,
    );
  }
});
