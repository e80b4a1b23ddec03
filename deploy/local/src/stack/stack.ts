import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeCtlSettings } from "./ctl-settings.ts";
import {
  BACKUPS_DIR,
  externalEnv,
  externalUrl,
  ownEnv,
  SERVERS,
  type ServerName,
  startOwnServer,
} from "./data-servers.ts";
import { environmentOf } from "./environment.ts";
import { DEFAULT_LIVENESS, type LivenessPolicy } from "./liveness.ts";
import { type LogFile, openLogFile } from "./log-file.ts";
import { assertPortsFree, freePorts, type PortName, type Ports, portsAt } from "./ports.ts";
import { loadSecrets, type Secrets } from "./secrets.ts";
import { startServiceProcess } from "./service-process.ts";
import { adminUser, reachable, SERVICES, type ServiceContext, type ServiceName, type Settings } from "./services.ts";
import { type Child, createSupervisor, type Supervisor } from "./supervisor.ts";

export interface StackOptions {
  /** The instance's directory: data, logs and secrets. Made if missing; a second start with it finds everything again. */
  readonly dir: string;
  /** The default ports moved by an offset, or any free ones. */
  readonly ports: { readonly offset: number } | "free";
  /** The interface of the doors for the outside. Default 127.0.0.1. */
  readonly bind?: string;
  /** Gets one line for whatever ends unexpectedly and is started again. */
  report?(line: string): void;
  /** Settings of services beside what the stack decides: environment variables by service. */
  readonly settings?: Settings;
  /** Which services run. Default: all. */
  readonly services?: readonly ServiceName[];
  /** When a service that does not answer any more is ended, and started again. Default: after a minute. */
  readonly liveness?: LivenessPolicy;
  /** How long a service may take to be ready. Default 60 000. */
  readonly readyTimeoutMs?: number;
  /** Aborted: what has been started is stopped, and the start rejects. */
  readonly signal?: AbortSignal;
}

/** One process of the stack, to be killed and started again. */
export interface StackProcess {
  /** Undefined while it does not run. */
  pid(): number | undefined;
  /** Ends it as a power cut would, and leaves it so until `start`. */
  kill(): Promise<void>;
  /** Ends it cleanly, and leaves it so until `start`. */
  stop(): Promise<void>;
  /** Starts it again; resolves when it is ready. */
  start(): Promise<void>;
}

export type StackPart = ServiceName | ServerName;

/** Where the outside speaks to the stack. */
export interface Doors {
  /** The web page, REST and WebSocket. */
  readonly page: string;
  /** The public gRPC API, host:port. */
  readonly grpc: string;
  /** OTLP/gRPC and the event service, host:port. */
  readonly otlpGrpc: string;
  /** OTLP/HTTP and POST /v1/events. */
  readonly otlpHttp: string;
  /** A service's /livez, /readyz and /metrics. */
  admin(service: ServiceName): string;
}

/** The whole of Sightline on this machine. */
export interface Stack extends AsyncDisposable {
  readonly dir: string;
  readonly doors: Doors;
  readonly secrets: Secrets;
  /** The user that `secrets.adminPassword` is of. */
  readonly adminUser: string;
  port(name: PortName): number;
  /** The environment that a service is started with; with other ports that of a further process of it. */
  environment(service: ServiceName, ports?: Ports): Readonly<Record<string, string>>;
  /** Throws for a server that is the user's own. */
  process(part: StackPart): StackProcess;
  /** Stops everything, senders first. Idempotent. */
  stop(): Promise<void>;
}

/** What stops together; the next group waits for the one before. Whoever sends stops before whoever takes. */
const stopOrder: readonly (readonly StackPart[])[] = [
  ["collector"],
  ["gateway", "reporter", "alerter", "analyzer"],
  ["ingest"],
  ["storage"],
  ["nats", "clickhouse", "postgres", "redis"],
];

/** Starts the servers, then the seven services; resolves when all are ready. Rejects with one line and nothing left running. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dir = resolve(options.dir);
  const bind = options.bind ?? "127.0.0.1";
  const ports = options.ports === "free" ? await freePorts() : portsAt(options.ports.offset);
  if (options.ports !== "free") await assertPortsFree(ports, (owner) => hostOf(owner, bind));
  await prepareDirectories(dir);
  const secrets = await loadSecrets(dir);
  const parts = createParts(options, { dir, bind, ports, secrets });
  try {
    await parts.start();
  } catch (error) {
    await parts.stop();
    throw error;
  }
  return {
    dir,
    doors: doorsOf(bind, ports),
    secrets,
    adminUser,
    port: ports,
    environment: parts.environment,
    process: parts.process,
    stop: parts.stop,
    [Symbol.asyncDispose]: parts.stop,
  };
}

interface Instance {
  readonly dir: string;
  readonly bind: string;
  readonly ports: Ports;
  readonly secrets: Secrets;
}

interface Parts {
  start(): Promise<void>;
  stop(): Promise<void>;
  process(part: StackPart): StackProcess;
  environment(service: ServiceName, ports?: Ports): Record<string, string>;
}

function createParts(options: StackOptions, instance: Instance): Parts {
  const { report = () => undefined, readyTimeoutMs = 60_000, liveness = DEFAULT_LIVENESS } = options;
  const services = SERVICES.filter(({ name }) => options.services?.includes(name) ?? true);
  const stopping = new AbortController();
  const signal = options.signal === undefined ? stopping.signal : AbortSignal.any([options.signal, stopping.signal]);
  const supervisors = new Map<string, Supervisor<Child>>();
  const logs: LogFile[] = [];
  const serverEnv: Record<string, string> = {};
  let stopped: Promise<void> | undefined;

  const supervise = (name: StackPart, start: (log: LogFile) => Promise<Child>): Supervisor<Child> => {
    const log = openLogFile(join(instance.dir, "logs", `${name}.log`));
    logs.push(log);
    const supervisor = createSupervisor({ name, report, start: () => start(log) });
    supervisors.set(name, supervisor);
    return supervisor;
  };

  const startServer = async (name: ServerName): Promise<void> => {
    const url = externalUrl(name);
    if (url !== undefined) {
      Object.assign(serverEnv, externalEnv(name, url));
      return;
    }
    await supervise(name, async (log) => {
      const server = await startOwnServer(name, { ...instance, onLine: log.write });
      Object.assign(serverEnv, ownEnv(name, server.url, instance.ports));
      return server;
    }).start();
  };

  const context: ServiceContext = { ...instance, serverEnv, settings: options.settings ?? {} };
  const startServices = async (specs: readonly (typeof SERVICES)[number][]): Promise<void> => {
    const starts = specs.map((spec) =>
      supervise(spec.name, (log) =>
        startServiceProcess({ spec, context, log, readyTimeoutMs, liveness, signal }),
      ).start(),
    );
    await allOrFirstError(starts, stopping);
  };

  const stopAll = async (): Promise<void> => {
    stopping.abort();
    for (const group of stopOrder) await Promise.all(group.map((part) => supervisors.get(part)?.stop()));
    for (const log of logs) log.close();
  };

  return {
    async start() {
      await allOrFirstError(
        SERVERS.map(({ name }) => startServer(name)),
        stopping,
      );
      signal.throwIfAborted();
      // Who visits the others comes last: it would find them down.
      await startServices(services.filter(({ name }) => name !== "collector"));
      await startServices(services.filter(({ name }) => name === "collector"));
      await writeCtlSettings(context);
    },
    stop() {
      stopped ??= stopAll();
      return stopped;
    },
    environment(service, ports = instance.ports) {
      const spec = SERVICES.find(({ name }) => name === service);
      return spec === undefined ? {} : environmentOf(spec, { ...context, ports });
    },
    process(part) {
      const supervisor = supervisors.get(part);
      if (supervisor === undefined) throw new Error(`cannot control ${part}: it is a server of the user's own`);
      return {
        pid: () => supervisor.current()?.pid,
        kill: supervisor.kill,
        stop: supervisor.stop,
        start: async () => void (await supervisor.start()),
      };
    },
  };
}

/** Waits for all, so that nothing is begun any more; the first failure makes the others give up. */
async function allOrFirstError(starts: readonly Promise<unknown>[], stopping: AbortController): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(
    starts.map((start) =>
      start.catch((error: unknown) => {
        failures.push(error);
        stopping.abort();
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
}

/** Everyone may pass (Postgres may run as another user), only the owner may look into what is inside. */
async function prepareDirectories(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o711 });
  for (const name of ["logs", "clickhouse", "nats", "redis", "collector", BACKUPS_DIR]) {
    await mkdir(join(dir, name), { recursive: true, mode: 0o700 });
  }
}

/** Where an owner of ports listens; undefined for a server of the user's own, which is not ours to start. */
function hostOf(owner: string, bind: string): string | undefined {
  const server = SERVERS.find(({ name }) => name === owner);
  if (server !== undefined) return externalUrl(server.name) === undefined ? "127.0.0.1" : undefined;
  return SERVICES.find(({ name }) => name === owner)?.isPublic ? bind : "127.0.0.1";
}

function doorsOf(bind: string, ports: Ports): Doors {
  const host = reachable(bind);
  return {
    page: `http://${host}:${ports("gatewayHttp")}`,
    grpc: `${host}:${ports("gatewayGrpc")}`,
    otlpGrpc: `${host}:${ports("ingestGrpc")}`,
    otlpHttp: `http://${host}:${ports("ingestHttp")}`,
    admin(service) {
      const spec = SERVICES.find(({ name }) => name === service);
      return spec === undefined ? "" : `http://${spec.isPublic ? host : "127.0.0.1"}:${ports(spec.adminPort)}`;
    },
  };
}
