import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AlertServiceClient, ListAlertsRequest } from "@sightline/proto/sightline/alert/v1/alert_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { freeze } from "./freeze.ts";

/** Every part is looked at every ten seconds, and an answer may take as long. */
const patience = { timeoutMs: 90_000, intervalMs: 200 };

describe("people are told of what is away, with what is still there, and when it is back", { timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;

  before(async () => {
    const services = ["ingest", "storage", "analyzer", "alerter", "gateway", "collector"] as const;
    system = closers.use(await startFaultStack({ services }));
  });

  /** Which targets an alert says to be down now. */
  async function down(): Promise<Set<string | undefined>> {
    const { stack, queryKey } = system;
    const alerts = createClient(AlertServiceClient, stack.doors.grpc, { apiKey: queryKey });
    using _ = { [Symbol.dispose]: alerts.close };
    const found = await alerts.call("listAlerts", ListAlertsRequest.fromPartial({}));
    return new Set(
      found.alerts.filter(({ ruleName }) => ruleName === "Target down").map(({ labels }) => labels["target"]),
    );
  }

  const toldOf = (...targets: string[]) =>
    eventually(async () => {
      const now = await down();
      assert.ok(new Set(targets).isSubsetOf(now), [...now].join(", "));
    }, patience);
  const backAgain = (...targets: string[]) =>
    eventually(async () => {
      const now = await down();
      assert.ok(new Set(targets).isDisjointFrom(now), [...now].join(", "));
    }, patience);

  test("the database, and storage, whose records wait for it", async () => {
    const clickhouse = system.stack.process("clickhouse");
    await using _back = { [Symbol.asyncDispose]: clickhouse.start };
    await clickhouse.kill();
    await toldOf("clickhouse", "storage");
    await clickhouse.start();
    await backAgain("clickhouse", "storage");
  });

  test("a reader of the bus that stands still", async () => {
    const still = freeze(system.stack.process("analyzer").pid());
    using _still = still;
    await toldOf("analyzer");
    still.thaw();
    await backAgain("analyzer");
  });
});
