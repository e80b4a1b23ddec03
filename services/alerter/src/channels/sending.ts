import type { Fields } from "./fields.ts";
import type { HttpAnswer, HttpRequest } from "./http.ts";
import type { RateLimit, Rim, Telling } from "./integration.ts";

/** What a message is made of. */
export interface Rendering
  extends Pick<
    Telling,
    "tenant" | "notification" | "receiverData" | "atMs" | "acknowledgement" | "care" | "onlyCareChanged"
  > {
  readonly fields: Fields;
}

/** What a kind of channel has at hand while it sends. */
export interface Sending extends Rendering {
  readonly rim: Rim;
  readonly signal: AbortSignal;
  /** Milliseconds left for all of it. */
  remainingMs(): number;
  /**
   * One guarded exchange within the time that is left. So many others have still to come behind it, for each of which a second is kept, or
   * as much as this one has: an answer that does not end leaves them theirs. Default: none. Throws an AppError where there is no answer.
   */
  fetch(request: HttpRequest, behind?: number): Promise<HttpAnswer>;
  /**
   * Takes one request out of limits that the receiver has for requests of that name, besides those of messages, and shares over the same keys.
   * Throws resource_exhausted, to be told again when there is one, where none is left.
   */
  takeTurn(name: string, limits: readonly RateLimit[]): void;
}
