import { formatRfc3339 } from "@sightline/model/rfc3339";
import { valueText } from "@sightline/query/promql/result-json";

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
  if (!Number.isFinite(value)) return valueText(value);
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  return `${digits}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, "0")}`;
}
