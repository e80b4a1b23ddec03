import { constants } from "node:os";
import { parseArgs } from "node:util";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { z } from "zod";
import packageJson from "../package.json" with { type: "json" };
import { createAdminApp } from "./admin.ts";
import { countBufferMemory } from "./buffer-memory.ts";
import { loadConfig, type ServiceConfig } from "./config.ts";
import type { Deps } from "./deps.ts";
import { armFailpoints, failpoint } from "./failpoint.ts";
import { listenHttp } from "./http-server.ts";
import { createLifecycle, type Lifecycle } from "./lifecycle.ts";
import { watchDoor } from "./listening.ts";
import { createLogger, type Logger } from "./logger.ts";
import { createMetrics } from "./metrics.ts";
import { createReadiness, type ReadinessState } from "./readiness.ts";
import type { Telemetry } from "./telemetry.ts";

export interface RunOptions<C extends ServiceConfig> {
  /** Name of the service, lower-case. */
  readonly name: string;
  /** Default: Sightline's own. */
  readonly version?: string;
  /** A strict object schema with `serviceConfig` spread into it. */
  readonly config: z.ZodType<C>;
  /** Acquires what the service needs, pushing each thing on the lifecycle. Resolves once work can be taken. */
  start(config: C, deps: Deps): Promise<void>;
}

/** Exit codes: 1 is a start or a stop that failed, 2 a wrong command line or configuration. */
const EXIT = { failed: 1, misconfigured: 2, signalBase: 128 } as const;

/** SIGHUP as well: whoever sends it for a new configuration has a service that is started again with it. */
const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** What a flush and the SDK's end may each take when stopping. */
const TELEMETRY_STOP_MS = 1000;

const USAGE = "[--config <file.yaml>] [--print-config]";

/**
 * Runs a service: reads the command line and the environment, starts, serves the admin endpoint, and on SIGTERM,
 * SIGINT or SIGHUP stops in order and exits 0. A second signal exits at once. What fails before the service is up is one
 * line on standard error for each problem, and a non-zero exit. A configuration is read once: who wants another one
 * starts another process.
 */
export async function run<C extends ServiceConfig>(options: RunOptions<C>): Promise<void> {
  const { name, version = packageJson.version } = options;
  countBufferMemory();
  const config = readConfig(options);
  if (config === undefined) return;
  const log = createLogger({ name, level: config.logLevel });
  const { SIGHTLINE_FAILPOINTS: failpoints } = process.env;
  if (failpoints) log.warn({ failpoints }, "failpoints are armed: this process will fail on purpose");
  const telemetry = await telemetryOf(config, name, version);
  const lifecycle = createLifecycle({ log, timeoutMs: config.shutdownTimeoutMs });
  const readiness = createReadiness();
  const stopping = new AbortController();
  const stopSignal = nextSignal(log);

  const deps = {
    log,
    lifecycle,
    metrics: createMetrics({ name, version }),
    readiness,
    clock: Date.now,
    signal: stopping.signal,
  };
  const crashed = nextCrash(watchDoor(deps, "grpc").failed);
  const up = async () => {
    const app = createAdminApp(readiness, deps.metrics);
    await listenHttp(app, { ...deps, host: config.bind, port: config.adminPort, name: "admin", drainMs: 1000 });
    await options.start(config, deps);
    readiness.started();
    log.info({ version, pid: process.pid }, "started");
    failpoint("service.started");
    return "up" as const;
  };

  let outcome = await settled(up(), stopSignal, crashed);
  if (outcome.kind === "up") outcome = await settled(new Promise<"up">(() => undefined), stopSignal, crashed);
  process.exit(await down({ name, log, telemetry, lifecycle, readiness, stopping }, outcome));
}

/** How a run came to its end, or that it is up. */
type Outcome =
  | { readonly kind: "up" }
  | { readonly kind: "signal"; readonly signal: NodeJS.Signals }
  | { readonly kind: "failed"; readonly error: unknown };

async function settled(work: Promise<"up">, signal: Promise<NodeJS.Signals>, crash: Promise<never>): Promise<Outcome> {
  try {
    const first = await Promise.race([work, signal, crash]);
    return first === "up" ? { kind: "up" } : { kind: "signal", signal: first };
  } catch (error) {
    return { kind: "failed", error };
  }
}

interface Running {
  readonly name: string;
  readonly log: Logger;
  readonly telemetry: Telemetry | undefined;
  readonly lifecycle: Lifecycle;
  readonly readiness: ReadinessState;
  readonly stopping: AbortController;
}

/** Stops in order; returns the exit code. */
async function down({ name, log, telemetry, lifecycle, readiness, stopping }: Running, why: Outcome): Promise<number> {
  let code = 0;
  if (why.kind === "failed") {
    code = EXIT.failed;
    log.error({ err: why.error }, "cannot go on");
    complain(`sightline ${name}: ${AppError.from(why.error).message}`);
  } else if (why.kind === "signal") {
    log.info({ signal: why.signal }, "stopping");
  }
  readiness.stopping();
  stopping.abort(new AppError("cancelled", `${name} is stopping`));
  // Before the doors close, since the receiver of our telemetry may be this very process.
  await telemetry?.flush(TELEMETRY_STOP_MS);
  try {
    await lifecycle.stop();
    log.info({}, "stopped");
  } catch (err) {
    code ||= EXIT.failed;
    log.error({ err }, "stopped, but not in order");
  }
  await telemetry?.stop(TELEMETRY_STOP_MS);
  return code;
}

function readConfig<C extends ServiceConfig>({ name, config: schema }: RunOptions<C>): C | undefined {
  try {
    const args = readArgs();
    const config = loadConfig(schema, { file: args.config, env: process.env });
    if (process.env["SIGHTLINE_FAILPOINTS"]) arm(process.env["SIGHTLINE_FAILPOINTS"]);
    if (!args["print-config"]) return config;
    process.stdout.write(`${JSON.stringify(config, undefined, 2)}\n`);
  } catch (error) {
    for (const line of AppError.from(error).message.split("\n")) complain(`sightline ${name}: ${line}`);
    process.exitCode = EXIT.misconfigured;
  }
  return undefined;
}

/** For tests only: whoever runs Sightline for real must not be able to break it by a leftover variable. */
function arm(failpoints: string): void {
  if (process.env["NODE_ENV"] === "production") {
    throw invalid("cannot arm failpoints in production: unset SIGHTLINE_FAILPOINTS");
  }
  armFailpoints(failpoints);
}

function readArgs() {
  try {
    return parseArgs({ options: { config: { type: "string" }, "print-config": { type: "boolean" } } }).values;
  } catch (cause) {
    throw invalid(`${cause instanceof Error ? cause.message : String(cause)} (usage: ${USAGE})`, cause);
  }
}

async function telemetryOf(config: ServiceConfig, name: string, version: string): Promise<Telemetry | undefined> {
  const { endpoint, apiKey } = config.telemetry;
  if (endpoint === undefined) return undefined;
  // Loaded only when asked for: the SDK is large.
  const { startTelemetry } = await import("./telemetry.ts");
  const log = createLogger({ name, level: config.logLevel, bridged: false });
  return startTelemetry({ name, version, endpoint, apiKey, log });
}

/** Resolves at the first stop signal; the second one exits at once. */
function nextSignal(log: Logger): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let seen = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (seen) {
      log.warn({ signal }, "stopping at once");
      process.exit(EXIT.signalBase + constants.signals[signal]);
    }
    seen = true;
    resolve(signal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  return promise;
}

/**
 * Rejects with the first error that nobody caught: a defect, after which the state cannot be trusted. A connection that
 * could not be accepted is none: grpc-js has its servers tell nobody of that.
 */
function nextCrash(onListenError: (error: unknown) => void): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  process.on("uncaughtException", (error) => (isFromAccept(error) ? onListenError(error) : reject(error)));
  process.on("unhandledRejection", reject);
  return promise;
}

function isFromAccept(error: Error): boolean {
  return "syscall" in error && error.syscall === "accept";
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
