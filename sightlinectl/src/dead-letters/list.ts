import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import type { Column } from "../print/table.ts";
import { type DeadLetter, type ListOptions, listDeadLetters } from "./dead-letter.ts";

const columns: readonly Column<DeadLetter>[] = [
  { title: "SEQUENCE", text: ({ sequence }) => String(sequence), right: true },
  { title: "TIME", text: ({ time }) => (time ?? "").slice(0, 19) },
  { title: "TENANT", text: ({ tenant }) => tenant || "-" },
  { title: "REASON", text: ({ reason }) => reason },
  { title: "SUBJECT", text: ({ subject }) => subject },
  { title: "RECORDS", text: ({ records }) => String(records), right: true },
  { title: "ERROR", text: ({ error }) => (error.length > 80 ? `${error.slice(0, 79)}…` : error) },
];

/** `sightlinectl deadletters list` */
export async function list({ settings, out, signal }: Context, options: ListOptions): Promise<void> {
  const { deadLetters, next } = await listDeadLetters(createGatewayClient(settings(), signal), options);
  out.rows("deadLetters", columns, deadLetters, { next });
  if (deadLetters.length === 0) out.note("no dead letters");
  if (next !== null) out.note(`there are more: go on with --start ${next}`);
}
