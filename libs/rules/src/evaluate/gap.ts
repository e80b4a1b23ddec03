import type { Labels } from "../labels.ts";
import { gapActive, seriesKey } from "./alert-texts.ts";
import { type Active, type Instance, isActive } from "./instance.ts";
import type { Observation, Sources } from "./observe.ts";
import type { AlertingPlan } from "./plan.ts";
import type { Vector } from "./queries.ts";

/** What is not known of a rule, and what follows from its policy for that. */
export interface Gap {
  /** The alerts that say so. */
  readonly actives: readonly Active[];
  /** Whether an alert stays as it is. */
  readonly isHeld: (instance: Instance) => boolean;
}

const none: Gap = { actives: [], isHeld: () => false };

/** How long an alert is held whose series does not come back. */
const maxHoldMs = 86_400_000;

/** Finds out what there are no data of; asks only where the answer does not say so itself. Rejects as `Queries.instant` does. */
export async function gapOf(
  plan: AlertingPlan,
  { observation, found, before, atMs }: GapQuestion,
  { queries, signal }: Sources,
): Promise<Gap> {
  const { nodata } = plan.rule;
  if (nodata.policy === "ok") return none;
  const foundKeys = new Set(found.map(({ key }) => key));
  const missing = before.filter((instance) => isActive(instance) && !foundKeys.has(instance.key));
  if (missing.length === 0 && observation.vector.length > 0) return none;
  const { presence } = plan;
  const seen =
    observation.seen ?? (presence && (await queries.instant({ ...presence, atMs }, signal))) ?? observation.vector;
  const isAbsent = absenceTest(seen);
  const isHeld = (instance: Instance) => isAbsent(instance) && atMs - (instance.heldSinceMs ?? atMs) < maxHoldMs;
  const actives = nodata.policy === "alert" ? tellAbsence(plan, { seen, held: missing.filter(isHeld) }) : [];
  return { actives, isHeld };
}

export interface GapQuestion {
  readonly observation: Observation;
  /** What the condition has found. */
  readonly found: readonly Active[];
  /** The alerts of the condition so far. */
  readonly before: readonly Instance[];
  /** The time that is asked about. */
  readonly atMs: number;
}

function absenceTest(seen: Vector): (instance: Instance) => boolean {
  if (seen.length === 0) return () => true;
  const keys = new Set(seen.map(({ labels }) => seriesKey(labels)));
  return ({ series }) => series !== undefined && !keys.has(series);
}

function tellAbsence(
  plan: AlertingPlan,
  { seen, held }: { seen: Vector; held: readonly Instance[] },
): readonly Active[] {
  const tell = (labels: Labels, message: string) => gapActive(plan, "nodata", { labels, message });
  if (seen.length === 0) return [tell({}, "there are no data")];
  const actives = held.map(({ labels }) => tell(labels, "there are no data of this series any more"));
  return [...new Map(actives.map((active) => [active.key, active])).values()];
}
