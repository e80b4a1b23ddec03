import { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { Worker } from "node:worker_threads";
import type { LeakWatch } from "./watch.ts";

/** Watches child processes and worker threads, also those that would not keep this process from ending. */
export function watchProcesses(): LeakWatch {
  const children = new Set<ChildProcess>();
  const workers = new Set<Worker>();
  subscribe("child_process", (message) => {
    const child = memberOf(message, "process");
    if (!(child instanceof ChildProcess)) return;
    children.add(child);
    child.once("exit", () => children.delete(child));
  });
  subscribe("worker_threads", (message) => {
    const worker = memberOf(message, "worker");
    if (!(worker instanceof Worker)) return;
    workers.add(worker);
    worker.once("exit", () => workers.delete(worker));
  });
  const running = () => [...children].filter((child) => child.pid !== undefined && child.exitCode === null);
  return {
    leaks: () => [
      ...running().map((child) => `child process ${child.pid} (${child.spawnargs.join(" ").slice(0, 120)})`),
      ...[...workers].map((worker) => `worker thread ${worker.threadId}`),
    ],
    end() {
      for (const child of running()) child.kill("SIGKILL");
      for (const worker of workers) void worker.terminate();
    },
  };
}

/** A member of what a diagnostics channel published, whose type nobody promises. */
export function memberOf(message: unknown, name: string): unknown {
  if (typeof message !== "object" || message === null) return undefined;
  return Reflect.get(message, name);
}
