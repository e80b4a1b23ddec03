import type { Notification } from "../notification.ts";
import type { Acknowledgement } from "./acknowledgements.ts";
import type { LogEntry, ReceiverData } from "./notification-log.ts";

/** A notification that one integration of a receiver has to be told now. */
export interface Flush {
  /** Unique within a dispatcher. */
  readonly id: string;
  readonly groupKey: string;
  readonly receiver: string;
  /** The kind of integration, such as `webhook`, and its place among those of its kind. */
  readonly integration: string;
  readonly index: number;
  readonly notification: Notification;
  /** When its group was flushed. */
  readonly atMs: number;
  /** Until when it may be attempted. After that it has failed, and its group is told again when it is next. */
  readonly deadlineMs: number;
  /** What the integration left at the notification before; nothing when this is the first. */
  readonly receiverData: ReceiverData;
  /**
   * The newest acknowledgement, where everything that fires is acknowledged or snoozed; only told to integrations that know what it is.
   * It is the news where the reason is "repeat interval elapsed", since nothing else repeats what is acknowledged.
   */
  readonly acknowledgement?: Acknowledgement;
  /** Set where nothing is new but who takes care, or that nobody does any more. */
  readonly onlyCareChanged?: true;
  /** What the notification log will say when it was delivered. */
  readonly entry: LogDraft;
}

/** An entry of the notification log that is not in it yet. */
export interface LogDraft extends Omit<LogEntry, "atMs" | "expiresAtMs" | "receiverData"> {
  /** How long the entry will live. */
  readonly livesMs: number;
}

/** The entry that a draft becomes when it is known when it was told. */
export function logEntryOf({ livesMs, ...draft }: LogDraft, atMs: number, receiverData: ReceiverData): LogEntry {
  return { ...draft, atMs, expiresAtMs: atMs + livesMs, receiverData };
}

/** How an attempt to deliver a flush ended well. */
export interface Delivered {
  readonly nowMs: number;
  /** What the integration wants to find again; default: what it found. */
  readonly receiverData?: ReceiverData;
}

/** How it ended badly: for good, or because its deadline passed. */
export interface Failed {
  readonly nowMs: number;
  /** What the receiver answered, fit to be shown. */
  readonly error: string;
}

/** One try. */
export interface Attempt {
  readonly nowMs: number;
  /** Counted from 1. */
  readonly number: number;
  /** Undefined when it succeeded. */
  readonly error?: string;
  /** What was not as configured: templates that failed, texts that were cut. */
  readonly remarks?: readonly string[];
}
