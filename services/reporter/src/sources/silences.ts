import { formatMatchers, type Matcher, matcherFromJson } from "@sightline/alertmanager/matcher/matcher";
import type { z } from "zod";
import type { Clients } from "../clients.ts";
import type { listedSilence } from "../reports/head.ts";
import { type Asking, momentOfMs } from "./asking.ts";

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

/** How a report lists it. */
export function listedSilenceOf({
  id,
  text,
  author,
  reason,
  startMs,
  endMs,
}: SilenceInForce): z.infer<typeof listedSilence> {
  return { silence_id: id, matchers: text, author, reason, starts_at: momentOfMs(startMs), ends_at: momentOfMs(endMs) };
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
