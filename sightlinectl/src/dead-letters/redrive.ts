import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Context } from "../context.ts";
import { createGatewayClient, type GatewayClient } from "../gateway-client.ts";
import { type Column, counted } from "../print/table.ts";
import { UsageError } from "../usage-error.ts";
import { type ListOptions, letterPath, listDeadLetters, type OfTenant } from "./dead-letter.ts";

export interface RedriveOptions extends OfTenant {
  /** All there are, or all of the reason. */
  readonly all?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly evenIfPartlyStored?: boolean | undefined;
}

interface Redriven {
  readonly sequence: number;
  /** Its new sequence on the bus. */
  readonly published?: number;
  /** Why it was not sent. */
  readonly error?: string;
}

const columns: readonly Column<Redriven>[] = [
  { title: "SEQUENCE", text: ({ sequence }) => String(sequence), right: true },
  { title: "SENT AS", text: ({ published }) => String(published ?? "-"), right: true },
  { title: "ERROR", text: ({ error }) => error ?? "" },
];

/** So many at a time; the rest with the next call. */
const MAX_LETTERS = 100_000;

/** `sightlinectl deadletters redrive`. Throws at the end when some could not be sent; the others are. */
export async function redrive(context: Context, sequences: readonly number[], options: RedriveOptions): Promise<void> {
  const { settings, out, signal } = context;
  const { all = false, reason = "", evenIfPartlyStored = false } = options;
  if (all === sequences.length > 0) {
    throw new UsageError("cannot send dead letters again: want either sequences or --all");
  }
  const gateway = createGatewayClient(settings(), signal);
  const wanted = all ? await allOf(gateway, { tenant: options.tenant, reason }, out.note) : sequences;
  const results: Redriven[] = [];
  const tell = (): number => {
    const failed = results.filter(({ error }) => error !== undefined).length;
    const sent = `${results.length - failed} of ${counted(wanted.length, "dead letter")} sent again`;
    out.progress.done(wanted.length === 0 ? "no dead letters" : sent);
    out.rows("redriven", columns, results);
    return failed;
  };
  try {
    for (const [at, sequence] of wanted.entries()) {
      out.progress.update(`dead letter ${sequence}`, at / wanted.length);
      results.push(await redriveOne(gateway, sequence, options));
    }
  } catch (thrown) {
    tell();
    throw thrown;
  }
  const failed = tell();
  if (failed === 0) return;
  const hint = evenIfPartlyStored ? "" : "; those that would be twice are with --even-if-partly-stored";
  throw new AppError("failed_precondition", `${counted(failed, "dead letter")} could not be sent again${hint}`);
}

async function allOf(
  gateway: GatewayClient,
  wanted: Pick<ListOptions, "tenant" | "reason">,
  note: (text: string) => void,
): Promise<number[]> {
  const { deadLetters, next } = await listDeadLetters(gateway, { ...wanted, start: 0, limit: MAX_LETTERS });
  if (next !== null) note(`there are more than ${MAX_LETTERS}: do the same again afterwards`);
  return deadLetters.map(({ sequence }) => sequence);
}

async function redriveOne(
  gateway: GatewayClient,
  sequence: number,
  { evenIfPartlyStored = false, ...whose }: RedriveOptions,
): Promise<Redriven> {
  try {
    const path = letterPath(sequence, whose, "/redrive");
    const answer = await gateway.post(path, { evenIfPartlyStored }, z.object({ sequence: z.number() }));
    return { sequence, published: answer.sequence };
  } catch (thrown) {
    const error = AppError.from(thrown);
    // What only concerns this letter does not stop the others.
    if (error.code !== "failed_precondition" && error.code !== "not_found") throw error;
    return { sequence, error: error.message };
  }
}
