import type { Severity } from "@sightline/model/severity";
import type { ToldAlert } from "./told.ts";

/**
 * An alert whose severity may change between what is told of it. The severity is one of its labels, so that with another one it is another
 * alert: where it fires, all the others are over, and where it is over, it is so at each.
 *
 * @param now at which it fires; undefined where it is over
 * @param all which it can have
 */
export function atSeverity(
  alert: Omit<ToldAlert, "status">,
  now: Severity | undefined,
  all: readonly Severity[],
): ToldAlert[] {
  const { startsAtMs, endsAtMs, ...both } = alert;
  const at = (severity: Severity) => ({ ...both, labels: { ...alert.labels, severity } });
  const over = all
    .filter((severity) => severity !== now)
    .map(
      (severity): ToldAlert => ({
        ...at(severity),
        status: "resolved",
        endsAtMs: now === undefined ? endsAtMs : undefined,
      }),
    );
  return now === undefined ? over : [{ ...at(now), status: "firing", startsAtMs }, ...over];
}
