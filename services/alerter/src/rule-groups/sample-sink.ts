import { createHash } from "node:crypto";
import { type AppError, invalid } from "@sightline/errors/app-error";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import type { SampleSink, WrittenSample } from "@sightline/rules/evaluate/written-samples";
import { labelsKey } from "@sightline/rules/labels";
import { bucketWidth } from "./histogram-fields.ts";
import type { RecentSamples } from "./recent-samples.ts";
import type { SampleOutbox } from "./sample-outbox.ts";
import { samplePayload } from "./sample-payload.ts";

export interface SampleSinkOptions {
  readonly outbox: Pick<SampleOutbox, "put" | "lostOf">;
  /** Is told what was recorded. */
  readonly recent: Pick<RecentSamples, "add">;
  readonly clock: Clock;
}

/** How many samples a message has; a rule that records more needs several. */
const SAMPLES_PER_MESSAGE = 1000;
/** Native histograms have no more: Prometheus itself gives up at 160 unless it is told otherwise. */
const MAX_BUCKETS = 10_000;

/**
 * Where a tenant's rules record: on the bus, from where storage has all metrics; they can be queried a second or two later. Nobody waits for
 * that: what the bus does not take in the end is told by a later one that records.
 *
 * A message is named by its series and times, not by its values: where a group is evaluated again for the same time, since who evaluated it
 * was killed before it could say so, the bus keeps what came first. It remembers names for two minutes, which is longer than anybody waits
 * to take over.
 */
export function createSampleSinks({ outbox, recent, clock }: SampleSinkOptions): (tenant: string) => SampleSink {
  return (tenant) => ({
    async append(samples) {
      const good = samples.filter(isWritable);
      for (let from = 0; from < good.length; from += SAMPLES_PER_MESSAGE) {
        const some = good.slice(from, from + SAMPLES_PER_MESSAGE);
        const about = {
          tenant,
          records: some.length,
          msgId: nameOf(tenant, some),
          receivedUnixNano: nanosOfMs(clock()),
        };
        outbox.put({ ...about, payload: samplePayload(some) });
        recent.add(tenant, some);
      }
      if (good.length < samples.length) throw refusal(samples.length - good.length);
      const lost = outbox.lostOf(tenant);
      if (lost !== undefined) throw lost;
    },
  });
}

function isWritable({ labels, value }: WrittenSample): boolean {
  return labels["__name__"] !== undefined && (typeof value !== "object" || bucketWidth(value) <= MAX_BUCKETS);
}

function refusal(count: number): AppError {
  const want = `want a metric name and histograms of at most ${MAX_BUCKETS} buckets`;
  return invalid(`cannot record ${count} samples: ${want}`);
}

/** The same for the same series and times. An end and a value of one series are two things. */
function nameOf(tenant: string, samples: readonly WrittenSample[]): string {
  const keys = samples.map(
    ({ labels, atMs, value }) => `${atMs} ${value === "stale" ? "-" : "+"} ${labelsKey(labels)}`,
  );
  const hash = createHash("sha256").update(tenant);
  for (const key of keys.sort()) hash.update("\n").update(key);
  return `rules-${hash.digest("hex")}`;
}
