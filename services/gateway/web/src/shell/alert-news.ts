import type { AlertGroupPage, GroupedAlert } from "../api/alert-group-types.ts";
import { plainLine } from "../format/plain-text.ts";
import { headlineOf } from "../pages/alerts/groups/group-rows.ts";

/** Of each look: what is known by now, and what is to be said. */
export interface AlertNews {
  readonly known: ReadonlySet<string>;
  /** "" for nothing. */
  readonly words: string;
}

const maxSaid = 5;
const maxKnown = 10_000;

/** What began to fire since the looks before. Those of the first look, for which nothing is known (null), are no news. */
export function newsOf(known: ReadonlySet<string> | null, { groups }: AlertGroupPage): AlertNews {
  const firing = groups.flatMap(({ alerts }) => alerts.filter(({ state }) => state === "firing"));
  // An alert may be in several groups; one that begins again is news.
  const seen = new Map(firing.map((alert) => [`${alert.fingerprint} ${alert.startsAt}`, alert]));
  if (known === null) return { known: new Set(seen.keys()), words: "" };
  const fresh = [...seen].flatMap(([key, alert]) => (known.has(key) ? [] : [alert]));
  // Only some alerts of a group are looked at: what was seen once stays known, so that it is told once.
  const all = known.size > maxKnown ? new Set(seen.keys()) : new Set([...known, ...seen.keys()]);
  const said = fresh.slice(0, maxSaid).map(wordsOf);
  const more = fresh.length - said.length;
  return { known: all, words: [...said, ...(more > 0 ? [`${more} more new alerts`] : [])].join(". ") };
}

function wordsOf(alert: GroupedAlert): string {
  const severity = alert.labels["severity"] ?? "";
  return `New ${severity === "" ? "" : `${plainLine(severity, 20)} `}alert: ${plainLine(headlineOf(alert), 200)}`;
}
