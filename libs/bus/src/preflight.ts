import { z } from "zod";
import type { Bus } from "./connect.ts";

/** What an acknowledgement of the connected server is worth. */
export type Durability =
  /** Written through to the disk before the acknowledgement. */
  | { readonly kind: "every-message"; readonly version: string }
  /** A crash of the process loses nothing; a power failure loses up to this time. */
  | { readonly kind: "interval"; readonly version: string; readonly intervalMs: number }
  /** The server is too old (< 2.10) to be told: two minutes. */
  | { readonly kind: "fixed"; readonly version: string; readonly intervalMs: number }
  /** The server could be told, but does not say without its monitoring address. */
  | { readonly kind: "unknown"; readonly version: string };

/** nats-server's default `sync_interval`. */
const DEFAULT_SYNC_MS = 120_000;

const jsz = z.object({
  config: z.object({ sync_interval: z.number().optional(), sync_always: z.boolean().optional() }).optional(),
});

export interface PreflightOptions {
  /** The server's monitoring address, for example `http://127.0.0.1:8222`. */
  readonly monitorUrl?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Finds out and logs what durability the connected server promises. Never fails: an answer it cannot get is `unknown`. */
export async function preflight(bus: Bus, options: PreflightOptions = {}): Promise<Durability> {
  const durability = await findDurability(bus.nats.info?.version ?? "0.0.0", options);
  if (durability.kind === "every-message") bus.log.info(durability, "bus syncs every message to disk");
  else if (durability.kind === "unknown")
    bus.log.info(durability, "bus durability not known; set sync_interval: always");
  else bus.log.warn(durability, "bus acknowledges before it syncs: a power failure may lose the newest messages");
  return durability;
}

async function findDurability(version: string, { monitorUrl, signal }: PreflightOptions): Promise<Durability> {
  if (!atLeast(version, 2, 10)) return { kind: "fixed", version, intervalMs: DEFAULT_SYNC_MS };
  if (monitorUrl === undefined) return { kind: "unknown", version };
  try {
    const timeout = AbortSignal.timeout(2000);
    const answer = await fetch(new URL("/jsz?config=true", monitorUrl), {
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    const { config } = jsz.parse(await answer.json());
    if (config?.sync_always === true) return { kind: "every-message", version };
    const intervalMs = config?.sync_interval === undefined ? DEFAULT_SYNC_MS : config.sync_interval / 1e6;
    return { kind: "interval", version, intervalMs };
  } catch {
    // The monitoring address is optional: without it the answer is simply not known.
    return { kind: "unknown", version };
  }
}

/** Whether a dotted version is at least major.minor. */
export function atLeast(version: string, major: number, minor: number): boolean {
  const [gotMajor = 0, gotMinor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return gotMajor > major || (gotMajor === major && gotMinor >= minor);
}
