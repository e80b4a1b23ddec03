import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Context } from "../context.ts";
import { createGatewayClient, type GatewayClient } from "../gateway-client.ts";
import { type Column, counted } from "../print/table.ts";
import { letterPath, type OfTenant } from "./dead-letter.ts";

interface Deleted {
  readonly sequence: number;
  /** Why it was not. */
  readonly error?: string;
}

const columns: readonly Column<Deleted>[] = [
  { title: "SEQUENCE", text: ({ sequence }) => String(sequence), right: true },
  { title: "", text: ({ error }) => error ?? "deleted" },
];

/** `sightlinectl deadletters delete`. Throws at the end when some were not there; the others are deleted. */
export async function deleteLetters(
  { settings, out, signal }: Context,
  sequences: readonly number[],
  whose: OfTenant,
): Promise<void> {
  const gateway = createGatewayClient(settings(), signal);
  const results: Deleted[] = [];
  try {
    for (const sequence of sequences) results.push(await deleteOne(gateway, sequence, whose));
  } finally {
    out.rows("deleted", columns, results);
  }
  const failed = results.filter(({ error }) => error !== undefined).length;
  if (failed > 0) throw new AppError("not_found", `${counted(failed, "dead letter")} could not be deleted`);
}

async function deleteOne(gateway: GatewayClient, sequence: number, whose: OfTenant): Promise<Deleted> {
  try {
    await gateway.delete(letterPath(sequence, whose), z.strictObject({}));
    return { sequence };
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code !== "not_found") throw error;
    return { sequence, error: error.message };
  }
}
