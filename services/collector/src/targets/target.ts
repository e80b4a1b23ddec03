import { AppError, invalid } from "@sightline/errors/app-error";
import { parseHostPort, parseUrl } from "@sightline/service/outbound";
import { z } from "zod";

/** What a visit does: a GET, a connection, or a GET whose answer is metrics. */
export const TARGET_KINDS = ["http", "tcp", "scrape"] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** Something the collector goes to. */
export interface Target {
  /** Unique in the tenant. */
  readonly name: string;
  readonly kind: TargetKind;
  /** A URL, or host:port for tcp. */
  readonly address: string;
  /** Between two visits. */
  readonly intervalMs: number;
  /** What one visit may take; less than the interval. */
  readonly timeoutMs: number;
  /** Put on everything learned from it. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A target as somebody states it; 0 or nothing stands for the default. */
export interface TargetInput {
  readonly name: string;
  readonly kind: TargetKind;
  readonly address: string;
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

const LIMITS = { nameBytes: 128, addressBytes: 2048, labels: 64, labelKey: 128, labelValue: 1024 } as const;
const INTERVAL = { min: 1000, max: 3_600_000, default: 15_000 } as const;
const DEFAULT_TIMEOUT_MS = 5000;

/**
 * A target with its defaults filled in, if it keeps to what target_service.proto says.
 *
 * @throws AppError invalid_argument, naming the field
 */
export function checkTarget({ name, kind, address, intervalMs = 0, timeoutMs = 0, labels = {} }: TargetInput): Target {
  want("name", Buffer.byteLength(name) <= LIMITS.nameBytes && /^[^\p{Cc}\s]([^\p{Cc}]*[^\p{Cc}\s])?$/u.test(name), {
    got: name,
    want: `1 to ${LIMITS.nameBytes} bytes without control characters or blanks around them`,
  });
  want("address", Buffer.byteLength(address) <= LIMITS.addressBytes, {
    got: `${Buffer.byteLength(address)} bytes`,
    want: `at most ${LIMITS.addressBytes}`,
  });
  if (kind === "tcp") parseHostPort(address);
  else parseUrl(address);
  const interval = intervalMs === 0 ? INTERVAL.default : intervalMs;
  want("interval_ms", Number.isInteger(interval) && interval >= INTERVAL.min && interval <= INTERVAL.max, {
    got: interval,
    want: `${INTERVAL.min} to ${INTERVAL.max}`,
  });
  const timeout = timeoutMs === 0 ? Math.min(DEFAULT_TIMEOUT_MS, Math.floor(interval / 2)) : timeoutMs;
  want("timeout_ms", Number.isInteger(timeout) && timeout > 0 && timeout < interval, {
    got: timeout,
    want: `less than the interval of ${interval}`,
  });
  checkLabels(labels);
  return { name, kind, address, intervalMs: interval, timeoutMs: timeout, labels };
}

/** A target in the configuration. */
export const targetConfig = z
  .strictObject({
    name: z.string(),
    kind: z.enum(TARGET_KINDS),
    /** A URL (http, scrape) or host:port (tcp). */
    address: z.string(),
    intervalMs: z.int().default(0),
    timeoutMs: z.int().default(0),
    labels: z.record(z.string(), z.string()).default({}),
  })
  .transform((input, context): Target => {
    try {
      return checkTarget(input);
    } catch (error) {
      context.addIssue({ code: "custom", message: AppError.from(error).message });
      return z.NEVER;
    }
  });

function checkLabels(labels: Readonly<Record<string, string>>): void {
  const entries = Object.entries(labels);
  want("labels", entries.length <= LIMITS.labels, { got: entries.length, want: `at most ${LIMITS.labels}` });
  for (const [key, value] of entries) {
    want("labels", key.length <= LIMITS.labelKey && /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key), {
      got: key,
      want: "names of letters, digits and underscores",
    });
    want(`labels.${key}`, Buffer.byteLength(value) <= LIMITS.labelValue, {
      got: `${Buffer.byteLength(value)} bytes`,
      want: `at most ${LIMITS.labelValue}`,
    });
  }
}

function want(field: string, holds: boolean, words: { readonly got: string | number; readonly want: string }): void {
  if (!holds) throw invalid(`cannot use the target: ${field}: got ${JSON.stringify(words.got)}, want ${words.want}`);
}
