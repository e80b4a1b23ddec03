import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:http2";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { type CountedLoad, startCountedLoad } from "./counted-load.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { startService } from "./service-process.ts";
import { assertOnceEach } from "./stored.ts";

const patience = { timeoutMs: 60_000, intervalMs: 20 };
/** How soon ingest takes records again after it was killed, on a machine that does nothing else. */
const restartMs = 5000 * Number(process.env["SIGHTLINE_FAULT_SLOWNESS"] ?? 3);

describe("ingest ends under load", { timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;

  before(async () => {
    system = closers.use(await startFaultStack({ services: ["ingest", "storage"] }));
  });

  const load = (mark: string, senders = 2) =>
    startCountedLoad({ addresses: [system.stack.doors.otlpGrpc], apiKey: system.ingestKey, mark, senders });

  test("killed: who was not acknowledged hears of it, the others' records are there, and it is soon back", async () => {
    const mark = "ingest-killed";
    const { stack, clickhouse } = system;
    await using running = load(mark, 8);
    await flowing(running);
    process.kill(stack.process("ingest").pid() ?? 0, "SIGKILL");
    const killedAt = performance.now();
    await eventually(() => running.failed() > 0, patience);
    await flowing(running);
    assert.ok(performance.now() - killedAt < restartMs, "its supervisor has started it again");
    await assertOnceEach(await running.stop(), { clickhouse, mark });
  });

  test("told to stop: it says so, takes nothing new, finishes what it has, and exits 0", async (t) => {
    const mark = "ingest-stopped";
    const { stack, clickhouse, ingestKey } = system;
    await stack.process("ingest").stop();
    // Long enough for requests to be on their way when its doors close, which wait for nothing of its own.
    const settings = { SIGHTLINE_COMMIT_MAX_DELAY_MS: "800", SIGHTLINE_TELEMETRY_ENDPOINT: "" };
    await using ingest = await startService(stack, "ingest", { inPlace: true, settings });
    await ingest.ready();
    await using running = load(mark);
    await flowing(running);

    const agent = new Agent({ keepAlive: true });
    using _agent = { [Symbol.dispose]: () => agent.destroy() };
    /** A request that ingest has begun to read, and what is still missing of it. */
    const begin = async () => {
      const expect = {
        "content-type": "application/json",
        authorization: `Bearer ${ingestKey}`,
        expect: "100-continue",
      };
      const post = request(`${stack.doors.otlpHttp}/v1/logs`, { agent, method: "POST", headers: expect });
      const answered = Promise.withResolvers<IncomingMessage>();
      post.on("response", (answer) => answered.resolve(answer.resume())).on("error", answered.reject);
      post.flushHeaders();
      await Promise.race([once(post, "continue"), answered.promise]);
      const body = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: mark } }] }] }] };
      return () => {
        post.end(JSON.stringify(body));
        return answered.promise;
      };
    };
    const session = connect(`http://${stack.doors.otlpGrpc}`);
    using _session = { [Symbol.dispose]: () => session.destroy() };
    const goneAway = new Promise<number>((resolve) => session.on("goaway", resolve));
    await new Promise((resolve) => session.once("connect", resolve));
    assert.equal((await (await begin())()).statusCode, 200);

    const finish = await begin();
    const askReady = () => fetch(`http://127.0.0.1:${ingest.ports("ingestAdmin")}/readyz`);
    const failedBefore = running.failed();
    process.kill(ingest.pid, "SIGTERM");
    const toldAt = performance.now();
    await eventually(async () => assert.equal((await askReady()).status, 503), patience);
    const answer = await finish();
    assert.equal(answer.statusCode, 200, "what was begun is finished");
    assert.equal(answer.headers.connection, "close");
    assert.equal(await goneAway, 0, "GOAWAY without an error");
    const { code, signal } = await ingest.ended;
    assert.deepEqual([code, signal], [0, null]);
    t.diagnostic(`it took ${Math.round(performance.now() - toldAt)} ms`);
    assert.ok(performance.now() - toldAt < 10_000, "within its grace");
    await eventually(() => running.failed() > failedBefore, patience);
    await stack.process("ingest").start();
    await flowing(running);
    await assertOnceEach(await running.stop(), { clickhouse, mark });
  });
});

/** Every signal's records are acknowledged, again. */
async function flowing(load: CountedLoad): Promise<void> {
  const before = load.fewestAcknowledged();
  await eventually(() => load.fewestAcknowledged() > before + 5, patience);
}
