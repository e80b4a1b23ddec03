import { internalUnary, type TenantContext } from "@sightline/rpc/handlers";
import { internalStream } from "@sightline/rpc/streams";
import type { QueryTurns } from "./query-turns.ts";

/** Makes gRPC handlers of functions that answer queries. */
export type QueryHandlers = ReturnType<typeof createQueryHandlers>;

export interface QueryHandlersOptions {
  /** What callers must show: the other services know it. */
  readonly internalToken: string;
  readonly turns: QueryTurns;
}

/** Who asks, and how long that waited for its turn. */
export interface QueryContext extends TenantContext {
  readonly queuedMs: number;
}

/**
 * Handlers for the other services, as `internalUnary` and `internalStream` make them, each of which waits for its tenant's turn. A
 * stream has its turn for as long as it is read. What people ask, through the gateway, has other turns than what a service asks for the
 * tenant: its alerts do not wait for its boards.
 */
export function createQueryHandlers({ internalToken, turns }: QueryHandlersOptions) {
  const unary = internalUnary(internalToken);
  const stream = internalStream(internalToken);
  return {
    unary: <Req, Res>(handle: (request: Req, context: QueryContext) => Promise<Res>) =>
      unary<Req, Res>(async (request, context) => {
        const askedMs = performance.now();
        const end = await turns.take(lineOf(context), context.signal);
        try {
          return await handle(request, { ...context, queuedMs: performance.now() - askedMs });
        } finally {
          end();
        }
      }),
    stream: <Req, Res>(handle: (request: Req, context: QueryContext) => AsyncIterable<Res>) =>
      stream<Req, Res>(async function* (request, context) {
        const askedMs = performance.now();
        const end = await turns.take(lineOf(context), context.signal);
        try {
          yield* handle(request, { ...context, queuedMs: performance.now() - askedMs });
        } finally {
          end();
        }
      }),
  };
}

/** A tenant's name has no blanks. */
function lineOf({ tenant, caller }: TenantContext): string {
  return `${tenant} ${caller}`;
}
