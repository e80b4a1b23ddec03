import { AppError } from "@sightline/errors/app-error";
import { nanosOfMs } from "@sightline/model/time";
import { guardedFetch, type OutboundOptions } from "@sightline/service/outbound";
import type { MetricsBatch, Point } from "../otlp/metrics-request.ts";
import type { Target } from "../targets/target.ts";
import type { VisitResult } from "../targets/target-status.ts";
import { type ExpositionError, formatOf, parseExposition } from "./exposition.ts";
import { scrapedPoints } from "./scraped-points.ts";

/** What one scrape may bring. */
export interface ScrapeLimits {
  readonly maxBodyBytes: number;
  readonly maxSamples: number;
}

export interface ScrapeOptions extends OutboundOptions {
  readonly limits: ScrapeLimits;
  readonly clock: () => number;
}

export interface Scrape {
  readonly result: VisitResult;
  readonly batch: MetricsBatch;
  /** The first bad lines; the good ones beside them were kept. */
  readonly errors: readonly ExpositionError[];
  readonly errorCount: number;
}

const ACCEPT = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

/**
 * GETs a target's metrics. Like Prometheus' own scrape it adds `up`, `scrape_duration_seconds` and
 * `scrape_samples_scraped`, with `job` (the target's name unless its labels say another) and `instance`.
 */
export async function scrape(target: Target, options: ScrapeOptions): Promise<Scrape> {
  const timeUnixNano = nanosOfMs(options.clock());
  const startedAt = performance.now();
  const instance = target.labels["instance"] ?? new URL(target.address).host;
  const job = target.labels["job"] ?? target.name;
  const targetLabels = Object.entries({ ...target.labels, job, instance });
  const fetched = await fetchExposition(target.address, options);
  const durationMs = performance.now() - startedAt;
  const exposition = "error" in fetched ? { samples: [], errors: [], errorCount: 0 } : fetched;
  const samples = exposition.samples.length;
  const error = "error" in fetched ? fetched.error : "";
  const own = (name: string, value: number, help: string, unit = "1"): Point => ({
    name,
    unit,
    help,
    kind: "gauge",
    labels: targetLabels,
    value,
    timeUnixNano,
  });
  return {
    result: { up: error === "", durationMs, error, details: { samples } },
    batch: {
      resource: { "service.name": job, "service.instance.id": instance },
      points: [
        ...scrapedPoints(exposition, { timeUnixNano, targetLabels }),
        own("up", error === "" ? 1 : 0, "Whether the last scrape got an answer"),
        own("scrape_duration_seconds", durationMs / 1000, "How long the scrape took", "s"),
        own("scrape_samples_scraped", samples, "Samples that the scrape brought"),
      ],
    },
    errors: exposition.errors,
    errorCount: exposition.errorCount,
  };
}

async function fetchExposition(url: string, options: ScrapeOptions) {
  try {
    const { maxBodyBytes } = options.limits;
    const answer = await guardedFetch(url, { ...options, maxBodyBytes, headers: { accept: ACCEPT } });
    if (answer.status !== 200) return { error: `got status ${answer.status}, want 200` };
    const text = answer.body.toString("utf8");
    const exposition = parseExposition(text, formatOf(answer.headers["content-type"]), options.limits);
    const [first] = exposition.errors;
    if (exposition.samples.length > 0 || first === undefined) return exposition;
    return { error: `got no metrics: line ${first.line}, column ${first.column}: ${first.reason}` };
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === "cancelled") throw error;
    return { error: error.message };
  }
}
