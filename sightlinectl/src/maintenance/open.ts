import { randomUUID } from "node:crypto";
import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import type { Context } from "../context.ts";
import { CommandError } from "../exit-codes.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { UsageError } from "../usage-error.ts";
import { runCommand } from "./run-command.ts";
import { stateLine, windowAnswer, windowPath } from "./window.ts";

export interface OpenOptions {
  readonly forSeconds: number;
  readonly reason: string;
  readonly key?: string | undefined;
  /** Make the window where there is none of the name. */
  readonly matchers: readonly string[];
  /** Close it when the command is over. */
  readonly wrap: boolean;
}

const CLOSE_WITHIN_MS = 30_000;

/** `sightlinectl maintenance open` */
export async function open(
  context: Context,
  window: string,
  { command, ...options }: OpenOptions & { readonly command: readonly string[] },
): Promise<void> {
  const { settings, out, signal } = context;
  const { wrap, ...request } = { ...options, key: options.key ?? "" };
  if (wrap === (command.length === 0)) {
    throw new UsageError("cannot open the window: want --wrap together with -- and a command");
  }
  const gateway = createGatewayClient(settings(), signal);
  const path = `${windowPath(window)}/open`;
  if (!wrap) {
    const answer = await gateway.post(path, request, windowAnswer);
    out.value(answer.window, [stateLine(answer.window)]);
    return;
  }
  // Whoever wraps a command closes what was opened for it, and nothing else.
  const key = options.key ?? randomUUID();
  try {
    const answer = await gateway.post(path, { ...request, key }, windowAnswer);
    out.note(stateLine(answer.window));
    await runCommand(command, signal);
  } catch (thrown) {
    if (mayBeOpen(thrown)) await closeAfter(context, window, key);
    throw thrown;
  }
  await closeAfter(context, window, key);
}

/** The server did not refuse to open it. */
function mayBeOpen(thrown: unknown): boolean {
  return thrown instanceof CommandError || !REFUSALS.has(AppError.from(thrown).code);
}

const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  "invalid_argument",
  "unauthenticated",
  "permission_denied",
  "not_found",
  "failed_precondition",
  "resource_exhausted",
]);

/** Also when the command was interrupted. What cannot be closed closes itself. */
async function closeAfter({ settings, out }: Context, window: string, key: string): Promise<void> {
  const gateway = createGatewayClient(settings(), AbortSignal.timeout(CLOSE_WITHIN_MS));
  try {
    const answer = await gateway.post(`${windowPath(window)}/close`, { key }, windowAnswer);
    out.note(stateLine(answer.window));
  } catch (thrown) {
    const { message } = AppError.from(thrown);
    out.note(`the window could not be closed, and closes itself when its time is over: ${message}`);
  }
}
