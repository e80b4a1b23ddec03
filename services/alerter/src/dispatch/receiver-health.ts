import type { Dispatcher } from "@sightline/alertmanager/dispatch/dispatcher";
import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import { isResolved, type KeptAlert, type PostedAlert } from "@sightline/alertmanager/dispatch/kept-alert";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Labels } from "@sightline/alertmanager/notification";
import type { Outcome } from "../channels/integration.ts";
import { storable } from "./storable.ts";

/** Which integration of which receiver. */
export type Outlet = Pick<Flush, "receiver" | "integration" | "index">;

export interface ReceiverHealthOptions {
  readonly dispatcher: Pick<Dispatcher, "put" | "alert">;
  /** Attempts that have to fail one after the other before somebody is told of it, and in how long a time at least. */
  readonly failuresUntilAlert: number;
  readonly failingForMs: number;
  /** Those that are kept already: what another replica found out. */
  readonly alerts: readonly KeptAlert[];
}

/**
 * Raises an alert for each integration of a receiver that takes nothing any more, and ends it when it takes something again. It goes the
 * way of all alerts, and cannot raise itself again and again: there is one for each integration, however often telling of it fails too.
 */
export interface ReceiverHealth {
  /** Says what came of an attempt. */
  attempted(place: Outlet, outcome: Pick<Outcome, "delivered" | "outcome">, nowMs: number): void;
  /** Ends the alerts of integrations that are no more. */
  retain(isThere: (place: Outlet) => boolean, nowMs: number): void;
}

/** The name of these alerts. */
export const RECEIVER_UNREACHABLE = "SightlineReceiverUnreachable";

/** Said with each: else who hears that it is over takes the receiver for mended. */
export const HOW_IT_ENDS =
  "It ends when something arrives there, or a day after the last failure: then nobody knows whether it was mended.";

/** It ends so long after the last failure: nobody says when nothing is to be told there any more. The next failures begin it anew. */
const LASTS_MS = 24 * 3_600_000;

/** Such an alert as it lasts from now on, the very same where it lasts no longer: former versions had it last until it was ended. */
export function lastingAsNow(alert: KeptAlert, nowMs: number): KeptAlert {
  const isEndless = alert.endsAtMs > nowMs + LASTS_MS && placeOf(alert.labels) !== undefined;
  return isEndless ? { ...alert, endsAtMs: nowMs + LASTS_MS } : alert;
}

interface Trouble {
  readonly place: Outlet;
  readonly labels: Labels;
  readonly fingerprint: string;
  failures: number;
  /** Whether there was an alert for it. */
  isRaised: boolean;
  /** When the first of them was. */
  readonly sinceMs: number;
}

/** Makes it. What it keeps is bounded by the integrations that there are. */
export function createReceiverHealth(options: ReceiverHealthOptions): ReceiverHealth {
  const { dispatcher, failuresUntilAlert, failingForMs, alerts } = options;
  const troubles = new Map<string, Trouble>();
  for (const { labels, startsAtMs } of alerts) {
    const place = placeOf(labels);
    if (place !== undefined) troubles.set(nameOf(place), { ...troubleOf(place, startsAtMs), isRaised: true });
  }

  function firingOf({ fingerprint }: Trouble, nowMs: number): KeptAlert | undefined {
    const status = dispatcher.alert(fingerprint, nowMs);
    return status === undefined || isResolved(status.alert, nowMs) ? undefined : status.alert;
  }

  /** It ended by itself, or somebody ended it: then what failed before was long ago, or is mended. */
  function isOver(trouble: Trouble, nowMs: number): boolean {
    return trouble.isRaised && firingOf(trouble, nowMs) === undefined;
  }

  function end(trouble: Trouble, nowMs: number): void {
    troubles.delete(nameOf(trouble.place));
    if (firingOf(trouble, nowMs) !== undefined) dispatcher.put([{ labels: trouble.labels, endsAtMs: nowMs }], nowMs);
  }

  return {
    attempted(place, { delivered, outcome }, nowMs) {
      const known = troubles.get(nameOf(place));
      if (delivered) {
        if (known !== undefined) end(known, nowMs);
        return;
      }
      const trouble = known === undefined || isOver(known, nowMs) ? troubleOf(place, nowMs) : known;
      troubles.set(nameOf(place), trouble);
      trouble.failures++;
      if (trouble.failures < failuresUntilAlert || nowMs - trouble.sinceMs < failingForMs) return;
      const firing = firingOf(trouble, nowMs);
      // That telling of it fails too is no news.
      if (firing !== undefined && firing.endsAtMs - nowMs > LASTS_MS / 2) return;
      trouble.isRaised = true;
      dispatcher.put([{ ...raised(trouble, outcome, nowMs), startsAtMs: firing?.startsAtMs ?? nowMs }], nowMs);
    },

    retain(isThere, nowMs) {
      for (const trouble of [...troubles.values()]) if (!isThere(trouble.place)) end(trouble, nowMs);
    },
  };
}

function troubleOf(place: Outlet, sinceMs: number): Trouble {
  const labels = {
    alertname: RECEIVER_UNREACHABLE,
    severity: "critical",
    source: "sightline",
    receiver: place.receiver,
    integration: `${place.integration}[${place.index}]`,
  };
  return { place, labels, fingerprint: fingerprintOf(labels), failures: 0, isRaised: false, sinceMs };
}

function raised({ place, labels, failures }: Trouble, outcome: string, nowMs: number): PostedAlert {
  const { receiver, integration, index } = place;
  return {
    labels,
    annotations: {
      summary: `The receiver ${receiver} cannot be told by ${integration}[${index}].`,
      description: storable(`${failures} attempts in a row failed; the last one: ${outcome}`),
      end: HOW_IT_ENDS,
    },
    startsAtMs: nowMs,
    endsAtMs: nowMs + LASTS_MS,
  };
}

function placeOf({ alertname, source, receiver, integration = "", user }: Labels): Outlet | undefined {
  if (alertname !== RECEIVER_UNREACHABLE || source !== "sightline" || receiver === undefined) return undefined;
  // That of a user's own address there is not ours.
  if (user !== undefined) return undefined;
  const [, kind, index] = /^(\w+)\[(\d+)\]$/.exec(integration) ?? [];
  return kind === undefined ? undefined : { receiver, integration: kind, index: Number(index) };
}

function nameOf({ receiver, integration, index }: Outlet): string {
  return JSON.stringify([receiver, integration, index]);
}
