import type { HttpAnswer, HttpRequest } from "./http.ts";
import type { Outcome } from "./integration.ts";

/** What somebody wants to be done about a group. */
export type Press = { readonly groupTag: string } & (
  | { readonly verb: "acknowledge" | "unacknowledge" | "resolve" }
  | { readonly verb: "snooze"; readonly forMs: number }
);

/** What came of it. */
export type Pressed =
  | { readonly kind: "done"; readonly verb: Press["verb"]; readonly by: string; readonly untilMs?: number }
  /** Nothing of the group fires any more. */
  | { readonly kind: "over" }
  /** No such group is known here: it is gone, of another tenant, or newer than what is known. Something of it may fire. */
  | { readonly kind: "unknown" };

/** A message to the program in which somebody pressed something, and what its answer means. */
export interface Reply {
  readonly request: HttpRequest;
  outcomeOf(answer: HttpAnswer, nowMs: number): Outcome;
}

/** Something that somebody pressed below a message of ours. */
export interface Interaction {
  /** What the program is called, which is told with who pressed: nobody passes for who signed in here. */
  readonly program: string;
  /** The name that the program knows them by, which is nobody's here. */
  readonly name: string;
  /** What the program tells accounts apart by. */
  readonly account: string;
  /** Where, in words. */
  readonly note: string;
  /** Undefined for what asks nothing of us, such as a link. */
  readonly press: Press | undefined;
  /**
   * Tells everybody who sees the message what came of it, and of what is unknown only who pressed. Undefined where the program takes no
   * such reply.
   */
  reply(pressed: Pressed): Reply | undefined;
}

/** Reads what a program tells of an interaction. Throws invalid_argument, naming the field, for what no such program sends. */
export type ReadInteraction = (payload: unknown) => Interaction;
