import { AppError } from "@sightline/errors/app-error";
import { guardedConnect, type OutboundOptions } from "@sightline/service/outbound";
import type { VisitResult } from "../targets/target-status.ts";

/** Opens a connection to host:port and closes it again. */
export async function checkTcp(hostPort: string, options: OutboundOptions): Promise<VisitResult> {
  const startedAt = performance.now();
  try {
    const socket = await guardedConnect(hostPort, options);
    socket.destroy();
    return { up: true, durationMs: performance.now() - startedAt, error: "", details: {} };
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === "cancelled") throw error;
    return { up: false, durationMs: performance.now() - startedAt, error: error.message, details: {} };
  }
}
