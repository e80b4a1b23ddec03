import { AppError } from "@sightline/errors/app-error";
import { formatRfc3339 } from "@sightline/model/rfc3339";
import { msOfNanos, nanosOfMs, type TimeRange } from "@sightline/model/time";
import type { Clients } from "../clients.ts";

/** What a report is gathered with. */
export interface GatherOptions {
  readonly clients: Clients;
  readonly tenant: string;
  readonly range: TimeRange;
  readonly reportId: string;
  /** Nanoseconds since the Unix epoch. */
  readonly nowUnixNano: bigint;
  readonly signal: AbortSignal;
}

/** How the services are asked on behalf of one report. */
export interface Asking {
  readonly call: { tenant: string; signal: AbortSignal; deadlineMs: number };
  /** The time of the report, milliseconds since the Unix epoch; the end is exclusive. */
  readonly rangeMs: { readonly start: number; readonly end: number };
  /** What could not be read, and why. */
  readonly missing: string[];
  /** Waits for the answer; where there is none, that is noted and the other is taken. */
  orMissing<T>(name: string, work: Promise<T>, otherwise: T): Promise<T>;
  /** Notes that only a part was read. */
  cut(name: string, read: number): void;
}

export function createAsking({ tenant, range, signal }: GatherOptions): Asking {
  const missing: string[] = [];
  return {
    call: { tenant, signal, deadlineMs: 20_000 },
    rangeMs: { start: msOfNanos(range.startUnixNano), end: msOfNanos(range.endUnixNano) },
    missing,
    cut: (name, read) => void missing.push(`${name}: there are more than the ${read} that were read`),
    orMissing: (name, work, otherwise) =>
      work.catch((thrown: unknown) => {
        missing.push(`${name}: ${AppError.from(thrown).message}`);
        return otherwise;
      }),
  };
}

/** RFC 3339 of milliseconds since the Unix epoch. */
export function momentOfMs(unixMs: number): string {
  return formatRfc3339(nanosOfMs(unixMs));
}

/** RFC 3339 of nanoseconds since the Unix epoch; 0 is none. */
export function momentOf(unixNano: bigint): string | null {
  return unixNano === 0n ? null : formatRfc3339(unixNano);
}
