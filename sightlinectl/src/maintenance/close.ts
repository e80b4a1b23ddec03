import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { stateLine, windowAnswer, windowPath } from "./window.ts";

/** `sightlinectl maintenance close` */
export async function close({ settings, out, signal }: Context, window: string, key: string): Promise<void> {
  const gateway = createGatewayClient(settings(), signal);
  const answer = await gateway.post(`${windowPath(window)}/close`, { key }, windowAnswer);
  out.value(answer.window, [stateLine(answer.window)]);
}
