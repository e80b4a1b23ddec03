import { z } from "zod";
import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { counted } from "../print/table.ts";
import { readLocalConfiguration } from "./local-configuration.ts";

export interface PutOptions {
  readonly onlyCheck: boolean;
  readonly expectedVersion: number | undefined;
}

const answerForm = z.object({ version: z.number(), receivers: z.array(z.string()) });

/** `sightlinectl routing check` and `push`. */
export async function put({ settings, out, signal }: Context, path: string, options: PutOptions): Promise<void> {
  const body = { ...readLocalConfiguration(path), ...options };
  const gateway = createGatewayClient(settings(), signal);
  const answer = await gateway.put("/v1/alert-routing", body, answerForm);
  const receivers = counted(answer.receivers.length, "receiver");
  const said = options.onlyCheck ? "could be put in force" : `is in force, version ${answer.version}`;
  out.value(answer, [`${path} ${said}: ${receivers}`]);
}
