import http from "node:http";
import https from "node:https";
import { getGlobalDispatcher } from "undici";

const timeoutMs = 500;

/** Closes the idle connections of process-wide pools (`fetch`, `http.request`): no test owns them. */
export async function closePools(): Promise<void> {
  http.globalAgent.destroy();
  https.globalAgent.destroy();
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, timeoutMs);
  // A request that never ends keeps its pool: its socket is then reported.
  await Promise.race([getGlobalDispatcher().close(), timer.promise]);
  clearTimeout(timeout);
}
