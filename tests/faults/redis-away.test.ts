import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, type TestContext, test } from "node:test";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { z } from "zod";
import { createRestClient, type RestClient } from "../e2e/rest-client.ts";
import { type CountedLoad, startCountedLoad } from "./counted-load.ts";
import { createNumberSender } from "./counted-request.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { freeze } from "./freeze.ts";
import { assertOnceEach } from "./stored.ts";

const patience = { timeoutMs: 60_000, intervalMs: 50 };
const mark = "redis-away";
const made = z.object({ key: z.string() });
/** How long a process believes what it knows of a key. */
const keyHoldsMs = 15_000;
const counted = z.object({ n: z.coerce.number() });

describe("Redis is away, and no user notices", { timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  const reports: string[] = [];
  let system: FaultStack;
  let load: CountedLoad;
  let rest: RestClient;
  let sql: Pool;
  let lookupsBefore: number;

  before(async () => {
    const report = (line: string) => void reports.push(line);
    system = closers.use(await startFaultStack({ services: ["ingest", "storage", "gateway"], report }));
    const { stack, ingestKey: apiKey } = system;
    rest = createRestClient(stack.doors.page, { authorization: `Bearer ${stack.secrets.adminKey}` });
    const { SIGHTLINE_POSTGRES_URL: url = "" } = stack.environment("ingest");
    sql = createPool({ url, maxConnections: 1 }, { log: quietLog });
    closers.defer(sql.close);
    load = closers.use(startCountedLoad({ addresses: [stack.doors.otlpGrpc], apiKey, mark }));
    await flowing();
    lookupsBefore = await lookups();
  });

  /** How often Postgres was asked for a key. It says so with a delay. */
  async function lookups(): Promise<number> {
    const asked =
      "SELECT coalesce(idx_scan, 0) + coalesce(seq_scan, 0) AS n FROM pg_stat_user_tables WHERE relname = 'api_keys'";
    const [row] = await sql.query(asked, [], counted);
    return row?.n ?? 0;
  }

  /** Every signal's records are acknowledged, again. */
  async function flowing(): Promise<void> {
    const before = load.fewestAcknowledged();
    await eventually(() => load.fewestAcknowledged() > before + 20, patience);
  }

  /** What people and programs do: with keys known and new, by all doors. */
  async function everythingWorks(name: string): Promise<void> {
    await flowing();
    const { key } = await rest.send("POST", "/v1/keys", { name, scopes: ["ingest"] }, made);
    const sender = createNumberSender(system.stack.doors.otlpGrpc, key, name);
    // All of them with a key that nobody has seen yet.
    const numbers = Array.from({ length: 50 }, (_, at) => at);
    await Promise.all(numbers.map((number) => sender.send.logs(number, AbortSignal.timeout(15_000))));
    sender.close();
    await rest.get("/v1/keys", z.unknown());
    await rest.get("/v1/logs?limit=1", z.unknown());
  }

  test("killed", async () => {
    const redis = system.stack.process("redis");
    await redis.kill();
    await everythingWorks("killed");
    await redis.start();
    await everythingWorks("started");
  });

  test("having forgotten everything", async () => {
    const { SIGHTLINE_REDIS_URL: url = "" } = system.stack.environment("ingest");
    await flushAll(new URL(url));
    await everythingWorks("flushed");
  });

  test("standing still, until what is known of keys is too old", async () => {
    using _still = freeze(system.stack.process("redis").pid());
    const since = performance.now();
    await everythingWorks("still");
    await eventually(() => performance.now() - since > keyHoldsMs, patience);
    await flowing();
  });

  test("all the while nothing failed or was lost, no process ended, and Postgres was hardly asked more than before", async (t: TestContext) => {
    const sent = await load.stop();
    assert.equal(load.failed(), 0);
    assert.deepEqual(reports, []);
    // One at least for each of the four new keys: so that it is known that they are counted.
    const asked = await eventually(async () => {
      const since = (await lookups()) - lookupsBefore;
      assert.ok(since >= 4);
      return since;
    }, patience);
    t.diagnostic(`${asked} questions for ${load.acknowledged()} records`);
    assert.ok(asked < 60 && asked < load.acknowledged() / 10, `${asked} for ${load.acknowledged()} records`);
    await assertOnceEach(sent, { clickhouse: system.clickhouse, mark });
  });
});

/** Makes Redis forget everything that it holds. */
async function flushAll({ hostname, port, password }: URL): Promise<void> {
  const socket = connect(Number(port), hostname);
  socket.end(`AUTH ${decodeURIComponent(password)}\r\nFLUSHALL\r\n`);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  await once(socket, "close");
  assert.equal(answer, "+OK\r\n+OK\r\n");
}
