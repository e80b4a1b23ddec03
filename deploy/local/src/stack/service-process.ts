import { setTimeout as pause } from "node:timers/promises";
import { repositoryDir } from "../install/paths.ts";
import { programFile } from "../install/program.ts";
import { lastWords, type RunningProcess, startProcess } from "../servers/process.ts";
import { environmentOf } from "./environment.ts";
import { type LivenessPolicy, watchLiveness } from "./liveness.ts";
import type { LogFile } from "./log-file.ts";
import { isAlive, readiness } from "./ready.ts";
import { reachable, type ServiceContext, type ServiceSpec } from "./services.ts";

export interface ServiceProcessOptions {
  readonly spec: ServiceSpec;
  readonly context: ServiceContext;
  readonly log: LogFile;
  /** How long it may take to be ready. */
  readonly readyTimeoutMs: number;
  /** When it is ended for not answering any more, once it has been ready. */
  readonly liveness: LivenessPolicy;
  /** Aborted: the start is given up. */
  readonly signal: AbortSignal;
}

/** Longer than a service's own deadline for stopping. */
const stopTimeoutMs = 12_000;
const pollMs = 50;

/**
 * Starts a service and waits until /readyz says it can be sent work. Rejects with its reason, and ends it, when it
 * ends before or is not ready in time. Later on it is ended when /livez does not answer any more.
 */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<RunningProcess> {
  const { spec, context, log } = options;
  const service = startProcess({
    name: spec.name,
    command: process.execPath,
    args: [...(spec.nodeFlags ?? []), programFile(spec.name)],
    cwd: repositoryDir,
    env: environmentOf(spec, context),
    onLine: log.write,
    stopTimeoutMs,
  });
  const problem = await waitUntilReady(service, options);
  if (problem === undefined) {
    endWhenDead(service, options);
    return service;
  }
  await service.kill();
  throw new Error(`cannot start ${spec.name}: ${problem} (log: ${log.path})`);
}

function endWhenDead(service: RunningProcess, { spec, context, log, liveness }: ServiceProcessOptions): void {
  const ended = new AbortController();
  void service.ended.then(() => ended.abort());
  const host = hostOf(spec, context);
  void watchLiveness({
    ...liveness,
    isAlive: () => isAlive(host, context.ports(spec.adminPort)),
    onDead: () => {
      log.write(`${spec.name} does not answer on /livez any more; ending it`);
      return service.kill();
    },
    signal: ended.signal,
  });
}

function hostOf(spec: ServiceSpec, { bind }: ServiceContext): string {
  return reachable(spec.isPublic ? bind : "127.0.0.1");
}

/** Why it did not become ready, or undefined when it did. */
async function waitUntilReady(service: RunningProcess, options: ServiceProcessOptions): Promise<string | undefined> {
  const { spec, context, readyTimeoutMs, signal } = options;
  const host = hostOf(spec, context);
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    const state = await readiness(host, context.ports(spec.adminPort));
    if (!service.isRunning()) {
      await service.ended;
      return `it ended, saying: ${reasonIn(service.lastLines())}`;
    }
    if (state === true) return undefined;
    if (signal.aborted) return "it was stopped meanwhile";
    if (performance.now() > deadline) return `not ready after ${Math.round(readyTimeoutMs / 1000)} s (${state})`;
    await pause(pollMs);
  }
}

/**
 * Why a service ended, of the last lines it printed: what it said in plain words (on standard error), else the last
 * error of its log. Warnings, of which more may follow while it stops, are not the reason.
 */
export function reasonIn(lines: readonly string[]): string {
  const plain = lines.filter((line) => logEntry(line) === undefined && line.trim() !== "");
  if (plain.length > 0) return lastWords(plain);
  const entries = lines.flatMap((line) => logEntry(line) ?? []);
  const entry = entries.findLast(({ level }) => level === "error") ?? entries.at(-1);
  return entry?.text ?? "nothing";
}

interface LogEntry {
  readonly level: string;
  /** Its message and error. */
  readonly text: string;
}

/** A JSON log line; undefined for any other. */
function logEntry(line: string): LogEntry | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== "object" || entry === null) return undefined;
    const error: unknown = Reflect.get(entry, "err");
    const cause = typeof error === "object" && error !== null ? `: ${String(Reflect.get(error, "message"))}` : "";
    return { level: String(Reflect.get(entry, "level")), text: `${String(Reflect.get(entry, "msg"))}${cause}` };
  } catch {
    return undefined;
  }
}
