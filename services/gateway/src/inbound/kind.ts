import type { Budget } from "@sightline/gotemplate/budget";
import type { Settings } from "./settings.ts";
import type { Told } from "./told.ts";

/** A request of a source, of which nothing is believed yet. */
export interface InboundRequest {
  /** A header's value; undefined where it is missing. */
  header(name: string): string | undefined;
  /** As it came: what signatures are made of. */
  readonly body: Uint8Array;
}

/** A request that was parsed. */
export interface Delivery {
  header(name: string): string | undefined;
  /** The JSON of the body. */
  readonly payload: unknown;
}

/** What a translation may know of the source, and may spend. */
export interface TellOptions {
  readonly settings: Settings;
  readonly budget: Budget;
  readonly nowMs: number;
}

/** How one kind of source speaks. All of it is pure. */
export interface InboundKind {
  /** What is wrong with a request's signature or key; undefined where nothing is. Asked only of sources that have a secret. */
  verify(request: InboundRequest, secret: string, nowMs: number): string | undefined;
  /** What a request means. Throws invalid_argument for what no such source sends. */
  tell(delivery: Delivery, options: TellOptions): Told;
  /** Whether every source has to have a secret: what it sends is done in somebody's name. Default: no. */
  readonly isAlwaysSigned?: boolean;
  /** How long its sender waits for an answer, milliseconds; after that it is told that it may try again. Default: as long as it takes. */
  readonly answerWithinMs?: number;
  /** Whether it takes what an answer says for something else. Default: no. */
  readonly answersEmpty?: boolean;
}
