import { unavailable } from "@sightline/errors/app-error";

/** Bytes of requests held in memory, from their arrival to their answer, over all doors. */
export interface ByteBudget {
  /**
   * Takes bytes out of the budget.
   *
   * @returns gives them back; idempotent
   * @throws AppError unavailable, asking to come back in a second, when too much is held already
   */
  take(bytes: number): () => void;
  /** Bytes held now. */
  held(): number;
}

/** A budget of that many bytes. A single request beyond it passes when nothing else is held. */
export function createByteBudget(maxBytes: number): ByteBudget {
  let held = 0;
  return {
    take: (bytes) => {
      if (held > 0 && held + bytes > maxBytes) {
        throw unavailable(
          `cannot take the request now: ${held} bytes of others are being handled, at most ${maxBytes}`,
        );
      }
      held += bytes;
      let given = false;
      return () => {
        if (!given) held -= bytes;
        given = true;
      };
    },
    held: () => held,
  };
}
