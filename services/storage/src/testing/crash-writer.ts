import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { TestDatabase } from "./database.ts";
import type { Pipeline } from "./pipeline.ts";
import type { CrashSettings } from "./writer-process.ts";

/** Runs a writer in a process of its own until it kills itself at the insert that the settings name. */
export async function crashWriter(
  pipeline: Pipeline,
  database: TestDatabase,
  settings: Omit<CrashSettings, "natsUrl" | "clickhouse">,
): Promise<void> {
  const { url, database: name, username, password } = database.address;
  const all = { natsUrl: pipeline.nats.url, clickhouse: { url, database: name, username, password }, ...settings };
  const file = new URL("./writer-process.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [file, JSON.stringify(all)], { stdio: ["ignore", "ignore", "inherit"] });
  try {
    const [, signal] = await once(child, "exit", { signal: AbortSignal.timeout(60_000) });
    assert.equal(signal, "SIGKILL");
  } finally {
    child.kill("SIGKILL");
  }
}
