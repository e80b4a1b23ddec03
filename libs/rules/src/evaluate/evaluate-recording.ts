import { invalid } from "@sightline/errors/app-error";
import { type Labels, labelsKey, withoutEmpty } from "../labels.ts";
import type { EvaluationContext } from "./evaluate-alerting.ts";
import type { RecordingPlan } from "./plan.ts";
import { staleSamples, type WrittenSample } from "./written-samples.ts";

/** What a recording rule writes: its samples, and the ends of series that it wrote before. Rejects as `Queries.instant` does. */
export async function evaluateRecording(
  { rule, labels }: RecordingPlan,
  before: readonly Labels[],
  { atMs, queryOffsetMs, limit, sources }: EvaluationContext,
): Promise<readonly WrittenSample[]> {
  const askedMs = atMs - queryOffsetMs;
  const { language, text } = rule.expression;
  const vector = await sources.queries.instant({ language, text, atMs: askedMs }, sources.signal);
  const keys = new Set<string>();
  const samples = vector.map(({ labels: series, value }): WrittenSample => {
    const written = withoutEmpty({ ...series, __name__: rule.name, ...labels });
    keys.add(labelsKey(written));
    return { labels: written, atMs: askedMs, value };
  });
  if (keys.size < samples.length)
    throw invalid("vector contains metrics with the same labelset after applying rule labels");
  if (limit > 0 && samples.length > limit) throw invalid(`exceeded limit of ${limit} with ${samples.length} series`);
  return [...samples, ...staleSamples(before, samples, askedMs)];
}
