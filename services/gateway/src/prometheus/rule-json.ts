import { formatFloat } from "@sightline/gotext/format-float";
import { formatRfc3339 } from "@sightline/model/rfc3339";

/** An alert as Prometheus tells it. */
export interface AlertJson {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
  readonly activeAt: string;
  readonly keepFiringSince?: string;
  readonly value: string;
}

/** A group of rules as Prometheus tells it. */
export interface GroupJson {
  readonly name: string;
  readonly file: string;
  readonly rules: readonly object[];
  /** Seconds. */
  readonly interval: number;
  readonly limit: number;
  /** Seconds. */
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
}

const NEVER = "0001-01-01T00:00:00Z";

/** A time as Go writes it; 0 is its zero. */
export function momentText(unixNano: bigint): string {
  return unixNano === 0n ? NEVER : formatRfc3339(unixNano);
}

/** As Go writes a float with an exponent: `1e+00`. */
export function exponentText(value: number): string {
  return formatFloat(value, "e", -1);
}
