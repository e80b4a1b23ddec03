import type { Severity } from "@sightline/model/severity";

export type Labels = Readonly<Record<string, string>>;

/** An alert as a source tells it. Times are milliseconds since the Unix epoch. */
export interface ToldAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly status: "firing" | "resolved";
  /** Default: when it was received. */
  readonly startsAtMs?: number | undefined;
  /** Default: of one that fires as long as the source's alerts last, of one that is resolved when it was received. */
  readonly endsAtMs?: number | undefined;
  /** Where it can be looked at. */
  readonly link?: string | undefined;
  /** What is told of it beside it, and only with it. */
  readonly event?: ToldEvent | undefined;
}

/** An event as a source tells it. */
export interface ToldEvent {
  /** What it is known by among all that the source tells: the same again is the same event. */
  readonly key: string;
  readonly eventType: string;
  readonly severity: Severity;
  readonly category: string;
  /** What it happened to. */
  readonly target: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  /** Milliseconds since the Unix epoch. Default: when it was received. */
  readonly timeMs?: number | undefined;
  readonly traceId?: string | undefined;
}

/** Why something that was sent became nothing. */
export const DROP_REASONS = [
  /** It is not what such a source sends. */
  "malformed",
  /** It is of a kind that says nothing here. */
  "not_known",
  /** A template of the mapping failed. */
  "template",
  /** Its status is none of those that the mapping knows. */
  "unknown_status",
  /** More at once than is taken. */
  "too_many",
  "too_many_labels",
  "label_too_long",
  /** The sender left alerts out itself. */
  "cut_by_sender",
  /** It is what we ourselves told the source. */
  "our_own",
  /** It is no alert or event that can be kept. */
  "refused",
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export interface Dropped {
  readonly reason: DropReason;
  /** What it was, in words. */
  readonly what: string;
  /** How many. Default: 1. */
  readonly count?: number;
}

/** What a request of a source means. */
export interface Told {
  /** The source's own id of this delivery, the same when it sends it again; undefined where it has none. */
  readonly deliveryId?: string | undefined;
  readonly alerts: readonly ToldAlert[];
  /** Beside those of the alerts. */
  readonly events: readonly ToldEvent[];
  readonly dropped: readonly Dropped[];
  /** What somebody did by a button of a message of ours. */
  readonly interaction?: Interaction | undefined;
}

/** It in the words of the program that shows the messages of a channel. */
export interface Interaction {
  /** The kind of the channel. */
  readonly channel: string;
  /** JSON. */
  readonly payload: unknown;
}

/** A request that means nothing here. */
export function nothingOf(what: string, deliveryId?: string): Told {
  return { deliveryId, alerts: [], events: [], dropped: [{ reason: "not_known", what }] };
}
