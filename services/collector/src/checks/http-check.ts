import { AppError } from "@sightline/errors/app-error";
import { guardedFetch, type OutboundOptions } from "@sightline/service/outbound";
import type { VisitResult } from "../targets/target-status.ts";

/** GETs a URL. Up is an answer of 200 to 399; redirects are not followed, and the body is not read. */
export async function checkHttp(url: string, options: OutboundOptions): Promise<VisitResult> {
  const startedAt = performance.now();
  try {
    const { status } = await guardedFetch(url, { ...options, maxBodyBytes: 0 });
    const up = status >= 200 && status <= 399;
    return {
      up,
      durationMs: performance.now() - startedAt,
      error: up ? "" : `got status ${status}, want 200 to 399`,
      details: { http_status: status },
    };
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === "cancelled") throw error;
    return { up: false, durationMs: performance.now() - startedAt, error: error.message, details: {} };
  }
}
