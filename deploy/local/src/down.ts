// make down: stops what make up started, and waits until it is gone.
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { repositoryDir } from "./install/paths.ts";
import { runningInstance } from "./stack/instance-lock.ts";

const dir = resolve(repositoryDir, process.env["SIGHTLINE_DIR"] || ".sightline");
const timeoutMs = 90_000;

async function main(): Promise<void> {
  const pid = runningInstance(dir);
  if (pid === undefined) {
    console.log("Sightline is not running here");
    return;
  }
  process.kill(pid, "SIGTERM");
  const deadline = performance.now() + timeoutMs;
  while (runningInstance(dir) === pid) {
    if (performance.now() > deadline)
      throw new Error(`cannot stop Sightline: process ${pid} is still there after 90 s`);
    await pause(50);
  }
  console.log("stopped");
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
