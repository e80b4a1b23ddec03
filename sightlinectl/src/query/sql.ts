import { z } from "zod";
import type { GatewayClient } from "../gateway-client.ts";
import type { Answer } from "./answer.ts";

const answerForm = z.looseObject({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.unknown())),
});

/** Runs one SELECT with the values of its parameters. */
export async function askSql(
  gateway: GatewayClient,
  query: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const document = await gateway.post("/v1/sql", { query, parameters }, answerForm);
  return { columns: document.columns.map(({ name }) => name), rows: document.rows, document };
}
