import { PostedAlert } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
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
const postedAlerts = z.array(z.unknown());

export interface PostedAlerts {
  readonly alerts: readonly PostedAlert[];
  /** What is wrong with the others. */
  readonly refusals: readonly string[];
}

/**
 * Reads the alerts that somebody sends at once. What is wrong with one is no other's trouble: Prometheus sends many rules' alerts together, and
 * never again what was refused. Throws invalid_argument for what is no list.
 */
export function readPostedAlerts(body: unknown): PostedAlerts {
  const alerts: PostedAlert[] = [];
  const refusals: string[] = [];
  for (const [place, item] of readBody(postedAlerts, body).entries()) {
    const read = postedAlert.safeParse(item);
    if (!read.success) {
      refusals.push(`cannot take alert ${place}: ${faultOf(read.error, "it")}`);
      continue;
    }
    const { labels, annotations, startsAt, endsAt, generatorURL } = read.data;
    const times = { startsAtUnixMs: startsAt, endsAtUnixMs: endsAt };
    alerts.push(PostedAlert.fromPartial({ labels, annotations, ...times, generatorUrl: generatorURL ?? "", place }));
  }
  return { alerts, refusals };
}
