import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Stack, type StackPart, startStack } from "@sightline/local/stack/stack";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { createRestClient, login } from "../e2e/rest-client.ts";
import { countStored, startCountedLoad } from "./counted-load.ts";

/** Each is killed this often; more by SIGHTLINE_FAULT_ROUNDS. */
const rounds = Number(process.env["SIGHTLINE_FAULT_ROUNDS"] ?? 1);
const parts: readonly StackPart[] = [
  "ingest",
  "storage",
  "analyzer",
  "alerter",
  "reporter",
  "collector",
  "gateway",
  "nats",
  "clickhouse",
  "postgres",
  "redis",
];

/** What was acknowledged is stored, and once: a record may be there twice only if it was sent twice. */
describe("kill -9 while data flows", { timeout: 600_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());

  let stack: Stack;
  let keys: { ingest: string; query: string };

  before(async () => {
    const dir = mkdtempSync(join(tmpdir(), "sightline-faults-"));
    closers.defer(() => rmSync(dir, { recursive: true, force: true }));
    stack = closers.use(await startStack({ dir, ports: "free" }));
    const { page } = stack.doors;
    const rest = createRestClient(page, await login(page, stack.adminUser, stack.secrets.adminPassword));
    const make = async (scope: string) =>
      (await rest.send("POST", "/v1/keys", { name: `faults ${scope}`, scopes: [scope] }, z.object({ key: z.string() })))
        .key;
    keys = { ingest: await make("ingest"), query: await make("query") };
  });

  for (const part of parts) {
    test(`of ${part} loses nothing that was acknowledged`, async () => {
      for (let round = 1; round <= rounds; round++) await killOnce(part, `fault-${part}-${round}`);
    });
  }

  async function killOnce(part: StackPart, mark: string): Promise<void> {
    const load = startCountedLoad({ address: stack.doors.otlpGrpc, apiKey: keys.ingest, mark, senders: 4 });
    const flowing = async () => {
      const before = load.acknowledged();
      await eventually(() => load.acknowledged() > before + 20, { timeoutMs: 60_000 });
    };
    let acknowledged: ReadonlyMap<number, number>;
    try {
      await flowing();
      await stack.process(part).kill();
      await stack.process(part).start();
      await flowing();
    } finally {
      acknowledged = await load.stop();
    }
    const stored = await eventually(
      async () => {
        const found = await countStored({ address: stack.doors.grpc, apiKey: keys.query, mark });
        const missing = [...acknowledged.keys()].filter((number) => !found.has(number));
        assert.equal(missing.length, 0, `${missing.length} of ${acknowledged.size} acknowledged records are missing`);
        return found;
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
    const twice = [...acknowledged].filter(([number, offered]) => (stored.get(number) ?? 0) > offered);
    assert.deepEqual(twice, [], "stored more often than sent");
  }
});
