import type { InboundRequest } from "../kind.ts";
import { verifySentKey } from "../sent-key.ts";

/** Alertmanager does not sign: the `http_config` of its webhook lets it send a key. */
export function verifyAlertmanager(request: InboundRequest, secret: string): string | undefined {
  return verifySentKey(request, secret);
}
