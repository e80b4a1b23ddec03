import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type NatsConnection, NatsConnectionImpl, setTransportFactory } from "@nats-io/transport-node";
import { AppError, invalid, unavailable } from "@sightline/errors/app-error";
import { createSecret, type Secret, secret } from "@sightline/service/secret";
import { z } from "zod";
import { transportFactory } from "./transport.ts";

/** What a service states about the bus. */
export const natsConfig = z.strictObject({
  /** One or more addresses, comma-separated, with one user and password: `nats://user:password@host:4222`. */
  url: secret.default(createSecret("nats://127.0.0.1:7303")),
  /** Disk that our streams may fill together, bytes. The server reserves it when the streams are made. */
  diskBudgetBytes: z.number().int().positive().default(6_000_000_000),
  /** Copies of every stream; 3 in a cluster. */
  replicas: z.union([z.literal(1), z.literal(3), z.literal(5)]).default(1),
  /** The server's monitoring address, if reachable: lets the preflight read what cannot be asked otherwise. */
  monitorUrl: z.url().optional(),
});
export type NatsConfig = z.infer<typeof natsConfig>;

/** Where the bus reports its decisions. */
export interface BusLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A connection to the bus. Its client objects are for the files of this library only. */
export interface Bus {
  /** Whether the server can be reached now. While not, every publish fails at once. */
  isConnected(): boolean;
  /** Aborts when the connection that there is now, or that comes next, is lost. */
  lost(): AbortSignal;
  /** Sends what is buffered, then closes. Idempotent. */
  close(): Promise<void>;
  readonly log: BusLog;
  readonly nats: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
}

export interface ConnectOptions {
  /** As in `natsConfig`. */
  readonly url: Secret | string;
  /** Who we are, as the server's monitoring shows it. */
  readonly name: string;
  readonly log: BusLog;
  /** Gives up the first connection. */
  readonly signal?: AbortSignal;
}

const RETRY_MS = 1000;

/**
 * Connects, trying until it succeeds or the signal aborts (`cancelled`). Once connected it reconnects forever; callers
 * see an outage as `unavailable`.
 */
export async function connectBus(options: ConnectOptions): Promise<Bus> {
  const nats = await firstConnection(options);
  const { log } = options;
  let connected = true;
  let losing = new AbortController();
  const watching = (async () => {
    for await (const status of nats.status()) {
      if (status.type === "disconnect") {
        connected = false;
        losing.abort(unavailable("the connection to the bus was lost"));
        losing = new AbortController();
        log.warn({ server: nats.getServer() }, "bus disconnected");
      } else if (status.type === "reconnect") {
        connected = true;
        log.info({ server: nats.getServer() }, "bus reconnected");
      } else if (status.type === "error") {
        log.error({ error: status.error.message }, "bus error");
      }
    }
  })();
  let closing: Promise<void> | undefined;
  const close = async () => {
    connected = false;
    // A drain waits for the server's answer, which never comes while it is away.
    if (!nats.isClosed()) await (nats.isDraining() ? nats.closed() : drainOrClose(nats));
    await watching;
  };
  return {
    isConnected: () => connected && !nats.isClosed(),
    lost: () => losing.signal,
    close: () => {
      closing ??= close();
      return closing;
    },
    log,
    nats,
    jetstream: jetstream(nats),
    manager: await jetstreamManager(nats, { checkAPI: false }),
  };
}

async function firstConnection({ url, name, log, signal }: ConnectOptions): Promise<NatsConnection> {
  const { servers, ...credentials } = parseAddresses(typeof url === "string" ? url : url.reveal());
  setTransportFactory(transportFactory);
  for (let attempt = 0; ; attempt++) {
    if (signal?.aborted) throw new AppError("cancelled", "cannot connect to the bus: stopped before it answered");
    try {
      return await NatsConnectionImpl.connect({
        servers,
        ...credentials,
        name,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 500,
        reconnectJitter: 250,
        pingInterval: 20_000,
        maxPingOut: 2,
        // By default the second refusal closes the connection for good, and the process would live on without the bus.
        ignoreAuthErrorAbort: true,
        timeout: 5000,
        // Stack traces of every request cost more than the request.
        noAsyncTraces: true,
      });
    } catch (thrown) {
      // One line at first, then one per half minute.
      if (attempt % 30 === 0) log.warn({ servers, error: AppError.from(thrown).message }, "bus not reachable yet");
      await pause(RETRY_MS, signal);
    }
  }
}

interface Addresses {
  /** host:port, without credentials. */
  readonly servers: string[];
  readonly user?: string;
  readonly pass?: string;
  readonly tls?: Record<string, never>;
}

/** The client takes credentials apart from the addresses; URLs carry them together. `tls://` asks for TLS. */
function parseAddresses(text: string): Addresses {
  const urls = text.split(",").map((part) => {
    const address = part.trim();
    const url = URL.parse(address.includes("://") ? address : `nats://${address}`);
    if (url === null)
      throw invalid("cannot read the bus' address: got a malformed URL, want nats://user:password@host:port");
    return url;
  });
  const [first] = urls;
  return {
    servers: urls.map((url) => `${url.hostname}:${url.port || "4222"}`),
    ...(first?.username ? { user: decodeURIComponent(first.username) } : {}),
    ...(first?.password ? { pass: decodeURIComponent(first.password) } : {}),
    ...(first?.protocol === "tls:" ? { tls: {} } : {}),
  };
}

async function drainOrClose(nats: NatsConnection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), 2000);
  });
  try {
    const outcome = await Promise.race([nats.drain(), deadline]);
    if (outcome === "late") await nats.close();
  } catch {
    // It was disconnected: there is nobody to drain to.
    await nats.close();
  } finally {
    clearTimeout(timer);
  }
}

/** Waits; returns early, without throwing, when the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
