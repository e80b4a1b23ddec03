import { once } from "node:events";
import type { handleServerStreamingCall, ServerWritableStream } from "@grpc/grpc-js";
import { AppError } from "@sightline/errors/app-error";
import { callDeadline } from "./call-deadline.ts";
import { type CallContext, createInternalAdmit, statusOf, type TenantContext } from "./handlers.ts";
import { extractContext, inSpan, recordFailure } from "./trace-context.ts";

/** What a stream whose caller set no deadline, or a longer one, may take. */
const MAX_DURATION_MS = 300_000;

/**
 * A function that answers with one message after the other, as a gRPC handler. The next message is asked for when the caller
 * has room for it. What it throws becomes a status as of a unary handler, behind the messages that went before.
 */
export function serverStream<Req, Res>(
  handle: (request: Req, context: CallContext) => AsyncIterable<Res>,
): handleServerStreamingCall<Req, Res> {
  return (call) => {
    const work = inSpan(
      { kind: "server", path: call.getPath(), parent: extractContext(call.metadata) },
      async (span) => {
        try {
          await answer(call, handle);
        } catch (thrown) {
          recordFailure(span, AppError.from(thrown), "server");
          throw thrown;
        }
      },
    );
    work.then(
      () => call.end(),
      (thrown: unknown) => call.emit("error", statusOf(thrown)),
    );
  };
}

/** Handlers for streams that other services ask for; see `internalUnary`. */
export function internalStream(internalToken: string) {
  const admit = createInternalAdmit(internalToken);
  return <Req, Res>(handle: (request: Req, context: TenantContext) => AsyncIterable<Res>) =>
    serverStream<Req, Res>((request, context) => handle(request, admit(context)));
}

async function answer<Req, Res>(
  call: ServerWritableStream<Req, Res>,
  handle: (request: Req, context: CallContext) => AsyncIterable<Res>,
): Promise<void> {
  const deadline = callDeadline(call, MAX_DURATION_MS);
  const context = { signal: deadline.signal, metadata: call.metadata, peer: call.getPeer() };
  try {
    const send = async (): Promise<void> => {
      for await (const message of handle(call.request, context)) {
        if (!call.write(message)) await once(call, "drain", { signal: deadline.signal });
      }
    };
    await Promise.race([send(), deadline.over]);
  } finally {
    deadline.release();
  }
}
