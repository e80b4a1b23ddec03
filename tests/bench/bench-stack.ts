import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClickHouse, createClickHouse } from "@sightline/clickhouse/client";
import { type Stack, type StackOptions, startStack } from "@sightline/local/stack/stack";
import { quietLog } from "@sightline/testkit/quiet-log";
import { z } from "zod";
import { createRestClient, login, type RestClient } from "../e2e/rest-client.ts";

export interface BenchStack extends AsyncDisposable {
  readonly stack: Stack;
  /** The REST interface, as an administrator who is logged in. */
  readonly rest: RestClient;
  readonly ingestKey: string;
  readonly queryKey: string;
  /** The stack's database itself, past all services. */
  readonly clickhouse: ClickHouse;
}

/** Sightline with throw-away data, and keys to it: the whole of it, or some of its services. */
export async function startBenchStack(options: Pick<StackOptions, "services" | "settings"> = {}): Promise<BenchStack> {
  const dir = mkdtempSync(join(tmpdir(), "sightline-bench-"));
  // What ends by itself and is started again would pass for slow otherwise.
  const stack = await startStack({ ...options, dir, ports: "free", report: (line) => console.error(line) });
  const { page } = stack.doors;
  const rest = createRestClient(page, await login(page, stack.adminUser, stack.secrets.adminPassword));
  const make = async (scope: string) =>
    (await rest.send("POST", "/v1/keys", { name: `bench ${scope}`, scopes: [scope] }, z.object({ key: z.string() })))
      .key;
  const clickhouse = createClickHouse(
    {
      url: `http://127.0.0.1:${stack.port("clickhouse")}`,
      database: "sightline",
      username: "default",
      password: stack.secrets.clickhouse,
    },
    { log: quietLog },
  );
  return {
    stack,
    rest,
    ingestKey: await make("ingest"),
    queryKey: await make("query"),
    clickhouse,
    [Symbol.asyncDispose]: async () => {
      await clickhouse.close();
      await stack.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
