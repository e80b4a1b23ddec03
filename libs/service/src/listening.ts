import type { Server } from "node:net";
import { AppError } from "@sightline/errors/app-error";
import { Counter, type CounterConfiguration, type Registry } from "prom-client";
import type { Deps } from "./deps.ts";

export interface ListeningOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Names the door in errors. */
  readonly name: string;
  /** Connections at a time; what is beyond is closed at once. Default: as many as the system gives. */
  readonly maxConnections?: number | undefined;
  readonly watch: DoorWatch;
}

/** Told of what becomes of connections besides being served. */
export interface DoorWatch {
  /** One could not be accepted; its sender will try again. */
  failed(error: unknown): void;
  /** One was closed: there are `too_many`, or its client `misbehaved`, in a way that no program does by accident. */
  refused(reason: "too_many" | "misbehaved"): void;
}

/**
 * Lets a server listen; answers on which port. What goes wrong later ends neither the server nor the process.
 *
 * @throws AppError failed_precondition when the address cannot be had
 */
export async function listenOn(server: Server, options: ListeningOptions): Promise<number> {
  const { host, port, name, maxConnections, watch } = options;
  if (maxConnections !== undefined) server.maxConnections = maxConnections;
  server.on("drop", () => watch.refused("too_many"));
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, host, resolve);
  try {
    await listening;
  } catch (cause) {
    throw listenError(cause, `${host}:${port}`, name);
  }
  server.off("error", reject);
  server.on("error", watch.failed);
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

/** Why an address could not be listened on, in words that say what to do. */
export function listenError(cause: unknown, address: string, name: string): AppError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const reason =
    code === "EADDRINUSE"
      ? "the port is taken; stop what listens there or configure another"
      : cause instanceof Error
        ? cause.message
        : String(cause);
  return new AppError("failed_precondition", `cannot listen on ${address} for ${name}: ${reason}`, { cause });
}

/** While connections cannot be accepted, which is each time that one comes, it is said this often. */
const TELL_EVERY_MS = 10_000;

/** Counts and logs what is told of a door. */
export function watchDoor({ log, metrics }: Pick<Deps, "log" | "metrics">, door: string): DoorWatch {
  const errors = counterOf(metrics, {
    name: "sightline_listen_errors_total",
    help: "Connections that could not be accepted, or datagrams that could not be received.",
    labelNames: ["door"],
  });
  const refused = counterOf(metrics, {
    name: "sightline_refused_connections_total",
    help: "Connections that were closed: beyond the limit, or for what no client of HTTP/2 does by accident.",
    labelNames: ["door", "reason"],
  });
  errors.inc({ door }, 0);
  for (const reason of ["too_many", "misbehaved"]) refused.inc({ door, reason }, 0);
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return {
    failed: (error) => {
      errors.inc({ door });
      if (performance.now() - toldAtMs < TELL_EVERY_MS) return;
      toldAtMs = performance.now();
      log.error({ door, err: error }, "cannot take what comes in; will go on trying");
    },
    refused: (reason) => refused.inc({ door, reason }),
  };
}

/** Doors of one process share a counter. */
function counterOf<T extends string>(registry: Registry, options: CounterConfiguration<T>): Counter {
  const known = registry.getSingleMetric(options.name);
  return known instanceof Counter ? known : new Counter({ ...options, registers: [registry] });
}
