import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClickHouse, createClickHouse } from "@sightline/clickhouse/client";
import { type Stack, type StackOptions, startStack } from "@sightline/local/stack/stack";
import { quietLog } from "@sightline/testkit/quiet-log";

/** A stack of a test's own, and what it takes to send to it and to look behind it. */
export interface FaultStack extends AsyncDisposable {
  readonly stack: Stack;
  readonly ingestKey: string;
  readonly queryKey: string;
  /** The database itself: what is stored is counted there. */
  readonly clickhouse: ClickHouse;
}

export async function startFaultStack(options: Omit<StackOptions, "dir" | "ports"> = {}): Promise<FaultStack> {
  const dir = mkdtempSync(join(tmpdir(), "sightline-faults-"));
  const closers = new AsyncDisposableStack();
  closers.defer(() => rmSync(dir, { recursive: true, force: true }));
  try {
    const stack = closers.use(await startStack({ ...options, dir, ports: "free" }));
    const { ingestKey, queryKey, clickhouse: password } = stack.secrets;
    const clickhouse = createClickHouse(
      { url: `http://127.0.0.1:${stack.port("clickhouse")}`, database: "sightline", username: "default", password },
      { log: quietLog },
    );
    closers.defer(() => clickhouse.close());
    return { stack, ingestKey, queryKey, clickhouse, [Symbol.asyncDispose]: () => closers.disposeAsync() };
  } catch (error) {
    await closers.disposeAsync();
    throw error;
  }
}
