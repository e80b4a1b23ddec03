import { AppError } from "@sightline/errors/app-error";
import type { ByteBudget } from "../admission/byte-budget.ts";
import type { Incoming } from "./exchange.ts";

/** A body in memory. */
export interface Body {
  readonly bytes: Buffer;
  /** Gives its bytes back to the budget. */
  release(): void;
}

export interface BodyOptions {
  readonly maxBytes: number;
  readonly budget: ByteBudget;
  /** Whose it is. */
  readonly tenant: string;
}

/**
 * Reads a request's body. Throws `too_large` as soon as it is known to be longer than the limit, `unavailable` when the
 * budget has no room for it, and `cancelled` when the sender goes away. The rest of a refused body is left unread.
 */
export async function readBody(request: Incoming, options: BodyOptions): Promise<Body> {
  const { maxBytes, budget, tenant } = options;
  const announced = announcedBytes(request);
  if (announced > maxBytes) throw tooLarge(announced, maxBytes);
  const releases: (() => void)[] = [];
  const release = (): void => {
    for (const give of releases.splice(0)) give();
  };
  let reserved = 0;
  const reserve = (bytes: number): void => {
    if (bytes <= reserved) return;
    releases.push(budget.take(bytes - reserved, tenant));
    reserved = bytes;
  };
  try {
    reserve(announced || 0);
    let whole: Buffer = Buffer.alloc(0);
    let length = 0;
    for await (const chunk of chunksOf(request)) {
      const wanted = length + chunk.length;
      if (wanted > maxBytes) throw tooLarge(wanted, maxBytes);
      if (wanted > whole.length) {
        const size = Math.max(wanted, announced || Math.min(maxBytes, wanted * 2));
        reserve(size);
        whole = length === 0 && size === wanted ? chunk : grown(whole, size, length);
      }
      if (whole !== chunk) chunk.copy(whole, length);
      length = wanted;
    }
    return { bytes: whole.subarray(0, length), release };
  } catch (thrown) {
    release();
    throw thrown;
  }
}

/** A body that comes byte by byte takes no more memory than one that comes at once: its chunks are not kept. */
function grown(bytes: Buffer, size: number, length: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(size);
  bytes.copy(larger, 0, 0, length);
  return larger;
}

/** How long a request's body says it is; NaN when it does not. */
export function announcedBytes(request: Incoming): number {
  return Number(request.headers["content-length"] ?? Number.NaN);
}

/** The request's chunks. Unlike its own iterator this does not destroy the connection when left early. */
async function* chunksOf(request: Incoming): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (Buffer.isBuffer(chunk)) yield chunk;
    }
  } catch (cause) {
    throw new AppError("cancelled", "cannot read the body: the sender went away", { cause });
  }
}

/**
 * Throws the rest of a refused body away for a while: a sender that is still writing would otherwise see the connection
 * break before it reads why.
 */
export function discardBody(request: Incoming, maxMs: number): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      request.off("end", done);
      request.off("close", done);
      resolve();
    };
    const timer = setTimeout(done, maxMs);
    request.once("end", done);
    request.once("close", done);
    request.resume();
  });
}

function tooLarge(got: number, want: number): AppError {
  return new AppError("too_large", `cannot take the request: got ${got} bytes or more, want at most ${want}`);
}
