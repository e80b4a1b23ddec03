import type { Fields } from "./fields.ts";
import type { HttpAnswer, HttpRequest } from "./http.ts";
import type { Rim, Telling } from "./integration.ts";

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
}
