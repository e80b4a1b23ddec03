import { PostedAlert } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import type { Breathe } from "@sightline/query/breath";
import { z } from "zod";
import { faultOf, readBody, time } from "./parameters.ts";

const labels = z.record(z.string(), z.string());
/** Go's zero time is none at all. */
const optionalTime = time
  .transform((unixMs) => (unixMs < 0n ? undefined : unixMs))
  .nullish()
  .transform((unixMs) => unixMs ?? undefined);
const postedAlert = z.object({
  labels,
  annotations: labels.nullish().transform((value) => value ?? {}),
  startsAt: optionalTime,
  endsAt: optionalTime,
  // As long as it is: Prometheus writes the expression of a rule into it.
  generatorURL: z.string().nullish(),
});
const postedAlerts = z.custom<readonly unknown[]>((body) => Array.isArray(body), "expected a list of alerts");
/** Looked at first: to find out what else is wrong takes so long that a list of millions would take minutes. */
const withLabels = (item: unknown) => typeof item === "object" && item !== null && "labels" in item;

/** More is not told of one request. */
const MAX_TOLD = 100;

/** What was wrong with some of the alerts that somebody sent at once. */
export interface Refusals {
  add(...refusals: readonly string[]): void;
  /** One line for each of the first, and how many more there are; undefined when nothing was wrong. */
  text(): string | undefined;
}

function createRefusals(): Refusals {
  const told: string[] = [];
  let count = 0;
  return {
    add: (...refusals) => {
      count += refusals.length;
      told.push(...refusals.slice(0, MAX_TOLD - told.length));
    },
    text: () => {
      if (count === 0) return undefined;
      return [...told, ...(count > told.length ? [`and ${count - told.length} more`] : [])].join("\n");
    },
  };
}

export interface PostedAlerts {
  readonly alerts: readonly PostedAlert[];
  /** What is wrong with the others. */
  readonly refusals: Refusals;
}

/**
 * Reads the alerts that somebody sends at once. What is wrong with one is no other's trouble: Prometheus sends many rules' alerts together, and
 * never again what was refused. Throws invalid_argument for what is no list.
 */
export async function readPostedAlerts(body: unknown, breathe: Breathe): Promise<PostedAlerts> {
  const alerts: PostedAlert[] = [];
  const refusals = createRefusals();
  for (const [place, item] of readBody(postedAlerts, body).entries()) {
    await breathe();
    const read = readAlert(item, place);
    if (typeof read === "string") refusals.add(read);
    else alerts.push(read);
  }
  return { alerts, refusals };
}

/** What is wrong with an alert, or the alert. */
function readAlert(item: unknown, place: number): PostedAlert | string {
  if (!withLabels(item)) return `cannot take alert ${place}: got no labels, want an alert with labels`;
  const read = postedAlert.safeParse(item);
  if (!read.success) return `cannot take alert ${place}: ${faultOf(read.error, "it")}`;
  const { labels, annotations, startsAt, endsAt, generatorURL } = read.data;
  const times = { startsAtUnixMs: startsAt, endsAtUnixMs: endsAt };
  return PostedAlert.fromPartial({ labels, annotations, ...times, generatorUrl: generatorURL ?? "", place });
}
