/**
 * Loaded with `node --import` before a test file: the file fails, with a line that names it, for every process, socket
 * or timer that is still there when all its tests and hooks are over.
 */
import { AsyncResource } from "node:async_hooks";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { closePools } from "./leaks/pools.ts";
import { watchProcesses } from "./leaks/processes.ts";
import { watchSockets } from "./leaks/sockets.ts";
import { watchTimers } from "./leaks/timers.ts";

/** What is being closed may take so long to be gone. */
const graceMs = 2000;
const pollMs = 20;
/** For the results to reach whoever runs this file. */
const exitDelayMs = 100;

const watches = [watchProcesses(), watchSockets(), watchTimers()];

// Root hooks run in the order of their registration, and those of the file are registered after this one: so the first
// registers the real one, which is then the last.
const afterAtRoot = AsyncResource.bind(after);
after(() => afterAtRoot(check));

async function check(): Promise<void> {
  await closePools();
  const deadline = performance.now() + graceMs;
  let left = leaks();
  while (left.length > 0 && performance.now() < deadline) {
    await pause(pollMs);
    left = leaks();
  }
  if (left.length === 0) return;
  for (const leak of left) process.stderr.write(`leak: the tests are over but ${leak} is still there\n`);
  process.exitCode = 1;
  for (const watch of watches) watch.end();
  // Handles nobody could name may still hold the process.
  setTimeout(() => process.exit(1), exitDelayMs).unref();
}

function leaks(): string[] {
  return watches.flatMap((watch) => watch.leaks());
}
