import type { Server } from "node:net";
import { AppError } from "@sightline/errors/app-error";
import { Counter } from "prom-client";
import type { Deps } from "./deps.ts";

export interface ListeningOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Names the door in errors. */
  readonly name: string;
  /** Told of what goes wrong once it listens: a connection that could not be accepted, which its sender will try again. */
  onError(error: unknown): void;
}

/**
 * Lets a server listen; answers on which port. What goes wrong later ends neither the server nor the process.
 *
 * @throws AppError failed_precondition when the address cannot be had
 */
export async function listenOn(server: Server, { host, port, name, onError }: ListeningOptions): Promise<number> {
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, host, resolve);
  try {
    await listening;
  } catch (cause) {
    throw listenError(cause, `${host}:${port}`, name);
  }
  server.off("error", reject);
  server.on("error", onError);
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
const ERRORS = "sightline_listen_errors_total";

/** Counts and logs what goes wrong at a door that listens. */
export function tellListenErrors({ log, metrics }: Pick<Deps, "log" | "metrics">, door: string): (e: unknown) => void {
  const known = metrics.getSingleMetric(ERRORS);
  const errors =
    known instanceof Counter
      ? known
      : new Counter({
          name: ERRORS,
          help: "Connections that could not be accepted, or datagrams that could not be received.",
          labelNames: ["door"],
          registers: [metrics],
        });
  errors.inc({ door }, 0);
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return (error) => {
    errors.inc({ door });
    if (performance.now() - toldAtMs < TELL_EVERY_MS) return;
    toldAtMs = performance.now();
    log.error({ door, err: error }, "cannot take what comes in; will go on trying");
  };
}
