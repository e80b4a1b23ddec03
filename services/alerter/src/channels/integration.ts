import type { Notification } from "@sightline/alertmanager/notification";
import type { ErrorCode } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { OutboundPolicy } from "@sightline/service/outbound";
import type { AlertGauge } from "./metrics/alert-gauge.ts";

/** What fills templates in. Both throw when a template fails. */
export interface Templates {
  expandText(template: string, notification: Notification): string;
  /** The same with everything that is put in escaped for its place in HTML. */
  expandHtml(template: string, notification: Notification): string;
}

/**
 * What a receiver's answers leave for the next notification of the same group: the number of an issue, the time stamp of
 * a message. Kept with the notification log as it is.
 */
export type ReceiverData = Readonly<Record<string, string | number>>;

/** That somebody took care of a group. */
export interface Acknowledgement {
  readonly by: string;
  /** Empty where there is none. */
  readonly note: string;
}

/** An acknowledgement that holds for everything that fires; with `untilMs` it is a snooze. */
export interface Care extends Acknowledgement {
  readonly atMs: number;
  readonly untilMs?: number;
}

/** One attempt to tell an integration something. */
export interface Telling {
  readonly tenant: string;
  readonly notification: Notification;
  readonly templates: Templates;
  /** What the last delivered notification of this group left; empty for the first. */
  readonly receiverData: ReceiverData;
  /** When the notification came to be, milliseconds since the Unix epoch: the same for each attempt. */
  readonly atMs: number;
  /** Set where that is the news; only told to integrations that know what it is. */
  readonly acknowledgement?: Acknowledgement;
  /** Set as long as somebody takes care, whatever the news is. */
  readonly care?: Care;
  /** Set where nothing is new but who takes care, or that nobody does any more. */
  readonly onlyCareChanged?: true;
  readonly signal: AbortSignal;
}

/** What kind of failure it was: our own (a template, an address that is refused, no answer) or what the receiver said. */
export type FailureReason = ErrorCode | "rate_limited" | "answer";

/** What came of one attempt. */
export interface Outcome {
  readonly delivered: boolean;
  /** What the receiver answered, or why it could not be reached: one line without secrets. */
  readonly outcome: string;
  /** Of what was not delivered: whether telling it again may help. */
  readonly retryable: boolean;
  /** When the receiver asked to be told again, milliseconds from now. */
  readonly retryAfterMs?: number;
  /** The receiver heard nothing of it: there is no turn for what comes first before `retryAfterMs`. That is no failure of its, and what was taken out of `rateLimits` is given back. */
  readonly isUntold?: true;
  /** Of what was not delivered. */
  readonly failure?: FailureReason;
  /** What to keep for the group's next notification, or the next attempt where it was not delivered; unset: what is kept stays. */
  readonly receiverData?: ReceiverData;
  /** What was not as configured: templates that failed, texts that were cut. */
  readonly remarks?: readonly string[];
}

/** One channel of one receiver, ready to be told. */
export interface Integration {
  readonly kind: string;
  /** Whether it wants to hear of what is over. */
  readonly sendResolved: boolean;
  /** Whether it knows what an acknowledgement is. */
  readonly acknowledges: boolean;
  /** Integrations with the same key share a receiver's limits. It may hold a secret's hash, never a secret. */
  readonly rateKey: string;
  readonly rateLimits: readonly RateLimit[];
  /** Origins of the proxies by way of which it connects. Default: none. */
  readonly proxies?: readonly string[];
  /** Tells it once. Throws `cancelled` by the signal only; everything else is an outcome. */
  send(telling: Telling): Promise<Outcome>;
}

/** So many within so long, all at once if need be. */
export interface RateLimit {
  readonly count: number;
  readonly perMs: number;
}

/** Where lines for people are written. */
export interface AlertLog {
  info(fields: object, message: string): void;
}

/** What is told of a group at a receiver that has an escalation policy. */
export interface EscalationNews extends Pick<Telling, "tenant" | "notification" | "atMs" | "care" | "onlyCareChanged"> {
  readonly policy: string;
}

/** What became of it. */
export interface EscalationAnswer {
  /** Whether it is in good hands: if not, somebody has to change something first. */
  readonly taken: boolean;
  readonly said: string;
}

/** Begins escalations, and ends them. Throws `unavailable` when it cannot be kept now. */
export interface Escalations {
  told(news: EscalationNews): Promise<EscalationAnswer>;
}

/** Takes turns out of limits; see `RateLimiter`. */
export interface Turns {
  /** Returns 0, or in how many milliseconds there will be one. */
  take(key: string, limits: readonly RateLimit[]): number;
}

/** What all integrations of a process have in common. */
export interface Rim {
  readonly policy: OutboundPolicy;
  readonly clock: Clock;
  readonly log: AlertLog;
  readonly gauge: AlertGauge;
  /** Of what a receiver counts apart from the messages that it is told. */
  readonly turns: Turns;
  readonly escalations: Escalations;
}
