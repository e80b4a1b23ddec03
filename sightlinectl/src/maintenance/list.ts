import { z } from "zod";
import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { WINDOWS_PATH, windowColumns, windowForm } from "./window.ts";

/** `sightlinectl maintenance list` */
export async function list({ settings, out, signal }: Context, onlyOpen: boolean): Promise<void> {
  const gateway = createGatewayClient(settings(), signal);
  const answer = z.object({ windows: z.array(windowForm) });
  const { windows } = await gateway.get(WINDOWS_PATH, { open: String(onlyOpen) }, answer);
  out.rows("windows", windowColumns, windows);
  if (windows.length === 0) out.note(onlyOpen ? "no maintenance window is open" : "no maintenance windows");
}
