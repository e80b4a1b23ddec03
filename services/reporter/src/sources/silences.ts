import { formatMatchers, type Matcher, matcherFromJson } from "@sightline/alertmanager/matcher/matcher";
import type { Clients } from "../clients.ts";
import type { Asking } from "./asking.ts";

/** A silence that was in force at some moment of the range, in milliseconds since the Unix epoch. */
export interface SilenceInForce {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  /** The matchers as people write them. */
  readonly text: string;
  readonly author: string;
  readonly reason: string;
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly updatedMs: number;
}

const most = 2000;

/** The newest silences that are still known: alerter forgets them some time after they ended. */
export async function readSilences(
  { alertmanager }: Clients,
  { call, rangeMs, cut }: Asking,
): Promise<SilenceInForce[]> {
  const { silences } = await alertmanager.call("listSilences", { matchers: [], states: [] }, call);
  const inForce = silences
    .map((silence) => {
      const matchers = silence.matchers.map(matcherFromJson);
      return {
        id: silence.silenceId,
        matchers,
        text: formatMatchers(matchers),
        author: silence.createdBy,
        reason: silence.comment,
        startMs: Number(silence.startsAtUnixMs),
        endMs: Number(silence.endsAtUnixMs),
        updatedMs: Number(silence.updatedAtUnixMs),
      };
    })
    .filter(({ startMs, endMs }) => startMs < endMs && startMs < rangeMs.end && endMs > rangeMs.start)
    .toSorted((a, b) => b.startMs - a.startMs);
  if (inForce.length > most) cut("silences", most);
  return inForce.slice(0, most);
}
