import type { Dispatcher } from "@sightline/alertmanager/dispatch/dispatcher";
import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import { isResolved, type KeptAlert, type PostedAlert } from "@sightline/alertmanager/dispatch/kept-alert";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Labels } from "@sightline/alertmanager/notification";
import type { Outcome } from "../channels/integration.ts";
import { ownerOf } from "../recipients/recipient-receiver.ts";
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

/** It does not end by itself. */
const FAR_MS = 100 * 365 * 24 * 3_600_000;
/** That of a rule's recipient does: nobody says when no rule names them any more. The next failure begins it anew. */
const RECIPIENT_MS = 24 * 3_600_000;

interface Trouble {
  readonly place: Outlet;
  readonly labels: Labels;
  readonly fingerprint: string;
  failures: number;
  /** When the first of them was. */
  readonly sinceMs: number;
}

/** Makes it. What it keeps is bounded by the integrations that there are. */
export function createReceiverHealth(options: ReceiverHealthOptions): ReceiverHealth {
  const { dispatcher, failuresUntilAlert, failingForMs, alerts } = options;
  const troubles = new Map<string, Trouble>();
  for (const { labels, startsAtMs } of alerts) {
    const place = placeOf(labels);
    if (place !== undefined) troubles.set(nameOf(place), troubleOf(place, startsAtMs));
  }

  function firesNow({ fingerprint }: Trouble, nowMs: number): boolean {
    const status = dispatcher.alert(fingerprint, nowMs);
    return status !== undefined && !isResolved(status.alert, nowMs);
  }

  function end(trouble: Trouble, nowMs: number): void {
    troubles.delete(nameOf(trouble.place));
    if (firesNow(trouble, nowMs)) dispatcher.put([{ labels: trouble.labels, endsAtMs: nowMs }], nowMs);
  }

  return {
    attempted(place, { delivered, outcome }, nowMs) {
      const known = troubles.get(nameOf(place));
      if (delivered) {
        if (known !== undefined) end(known, nowMs);
        return;
      }
      const trouble = known ?? troubleOf(place, nowMs);
      troubles.set(nameOf(place), trouble);
      trouble.failures++;
      if (trouble.failures < failuresUntilAlert || nowMs - trouble.sinceMs < failingForMs) return;
      if (firesNow(trouble, nowMs)) return;
      dispatcher.put([raised(trouble, outcome, nowMs)], nowMs);
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
  return { place, labels, fingerprint: fingerprintOf(labels), failures: 0, sinceMs };
}

function raised({ place, labels, failures }: Trouble, outcome: string, nowMs: number): PostedAlert {
  const { receiver, integration, index } = place;
  return {
    labels,
    annotations: {
      summary: `The receiver ${receiver} cannot be told by ${integration}[${index}].`,
      description: storable(`${failures} attempts in a row failed; the last one: ${outcome}`),
    },
    startsAtMs: nowMs,
    endsAtMs: nowMs + (ownerOf(receiver) === undefined ? FAR_MS : RECIPIENT_MS),
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
