// make up: starts everything on this machine, prints where it is, and stays until Ctrl-C or make down.
import { resolve } from "node:path";
import { repositoryDir } from "./install/paths.ts";
import { assertFreeSpace } from "./stack/free-space.ts";
import { lockInstance } from "./stack/instance-lock.ts";
import { startStack } from "./stack/stack.ts";
import { tableOf } from "./stack/table.ts";
import { buildPage, isPageStale } from "./stack/web-page.ts";

const dir = resolve(repositoryDir, process.env["SIGHTLINE_DIR"] || ".sightline");

async function main(): Promise<void> {
  const started = performance.now();
  const asked = stopAsked();
  const offset = Number(process.env["SIGHTLINE_PORT_OFFSET"] || "0");
  assertFreeSpace(dir);
  const unlock = lockInstance(dir);
  try {
    if (isPageStale()) {
      console.log("building the web page");
      await buildPage();
    }
    if (asked.aborted) return;
    console.log("starting the servers and the services");
    const stack = await startStack({
      dir,
      ports: { offset },
      bind: process.env["SIGHTLINE_BIND"] || "127.0.0.1",
      report: (line) => console.log(line),
      signal: asked,
    });
    console.log(`\n${tableOf(stack, performance.now() - started)}`);
    await aborted(asked);
    console.log("\nstopping");
    await stack.stop();
    console.log("stopped");
  } catch (error) {
    // Asked to stop while starting: what had been started is gone again.
    if (!asked.aborted) throw error;
    console.log("stopped");
  } finally {
    unlock();
  }
}

/** Aborted when the user asks for the end: Ctrl-C, make down, or a closed terminal. Asked twice, everything ends at once. */
function stopAsked(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // The kernel ends the children with us.
      if (controller.signal.aborted && signal === "SIGINT") process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve: done } = Promise.withResolvers<void>();
  if (signal.aborted) done();
  signal.addEventListener("abort", () => done(), { once: true });
  return promise;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
