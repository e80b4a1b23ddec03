import { join } from "node:path";
import { startClickHouse } from "../clickhouse/start.ts";
import { startNats } from "../servers/nats.ts";
import { startPostgres } from "../servers/postgres.ts";
import { startRedis } from "../servers/redis.ts";
import type { Server, ServerOptions } from "../servers/server.ts";
import type { PortName, Ports } from "./ports.ts";
import type { Secrets } from "./secrets.ts";

interface ServerSpec {
  readonly name: string;
  readonly port: PortName;
  /** Set to the URL of a server of the user's, it is used instead of one of ours. */
  readonly variable: string;
  start(options: ServerOptions & { readonly password: string }, ports: Ports): Promise<Server>;
  /** What services are told, given the server's URL with credentials. */
  env(url: string, ports: Ports | undefined): Record<string, string>;
}

/** Where in the instance's directory backups are kept. */
export const BACKUPS_DIR = "backups";

/** The databases and the bus. */
export const SERVERS = [
  {
    name: "clickhouse",
    port: "clickhouse",
    variable: "SIGHTLINE_CLICKHOUSE_URL",
    start: (options) => startClickHouse({ ...options, backupsDir: join(options.dir, "..", BACKUPS_DIR) }),
    env: clickHouseEnv,
  },
  {
    name: "postgres",
    port: "postgres",
    variable: "SIGHTLINE_POSTGRES_URL",
    start: startPostgres,
    env: (url) => ({ SIGHTLINE_POSTGRES_URL: url }),
  },
  {
    name: "nats",
    port: "nats",
    variable: "SIGHTLINE_NATS_URL",
    start: (options, ports) => startNats({ ...options, monitorPort: ports("natsMonitor") }),
    env: (url, ports): Record<string, string> =>
      ports === undefined
        ? { SIGHTLINE_NATS_URL: url }
        : { SIGHTLINE_NATS_URL: url, SIGHTLINE_NATS_MONITOR_URL: `http://127.0.0.1:${ports("natsMonitor")}` },
  },
  {
    name: "redis",
    port: "redis",
    variable: "SIGHTLINE_REDIS_URL",
    start: startRedis,
    env: (url) => ({ SIGHTLINE_REDIS_URL: url }),
  },
] as const satisfies readonly ServerSpec[];

export type ServerName = (typeof SERVERS)[number]["name"];

/** The URL of the user's own server, if that is to be used. */
export function externalUrl(name: ServerName): string | undefined {
  const spec = specOf(name);
  return process.env[spec.variable] || undefined;
}

/** What services are told about a server of the user's. */
export function externalEnv(name: ServerName, url: string): Record<string, string> {
  return specOf(name).env(url, undefined);
}

export interface OwnServerOptions {
  /** The instance's directory. */
  readonly dir: string;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly onLine: (line: string) => void;
}

/** Starts one of the stack's own servers at its port, with its data below `dir`. */
export async function startOwnServer(name: ServerName, options: OwnServerOptions): Promise<Server> {
  const { dir, ports, secrets, onLine } = options;
  const spec = specOf(name);
  const settings = { dir: join(dir, name), port: ports(spec.port), password: secrets[name], onLine };
  return await spec.start(settings, ports);
}

/** What services are told about a server of the stack's. */
export function ownEnv(name: ServerName, url: string, ports: Ports): Record<string, string> {
  return specOf(name).env(url, ports);
}

function specOf(name: ServerName): ServerSpec {
  const spec = SERVERS.find((candidate) => candidate.name === name);
  if (spec === undefined) throw new Error(`cannot find the server ${name}`);
  return spec;
}

/** ClickHouse's client wants the credentials apart. A URL without them leaves what the user set beside it. */
function clickHouseEnv(url: string): Record<string, string> {
  if (!URL.canParse(url)) {
    throw new Error(`cannot use SIGHTLINE_CLICKHOUSE_URL: got "${url}", want http://user:password@host:port`);
  }
  const parsed = new URL(url);
  if (parsed.username === "") return { SIGHTLINE_CLICKHOUSE_URL: url };
  const { username, password } = parsed;
  parsed.username = "";
  parsed.password = "";
  return {
    SIGHTLINE_CLICKHOUSE_URL: parsed.href,
    SIGHTLINE_CLICKHOUSE_USERNAME: decodeURIComponent(username),
    SIGHTLINE_CLICKHOUSE_PASSWORD: decodeURIComponent(password),
  };
}
