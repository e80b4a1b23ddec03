import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import type { Column } from "../print/table.ts";
import { type KeptFile, listFiles, listPacks, type Pack } from "./kept-files.ts";

const fileColumns: readonly Column<KeptFile>[] = [
  { title: "FILE", text: ({ name }) => name },
  { title: "VERSION", text: ({ version }) => String(version), right: true },
  { title: "GROUPS", text: ({ groups }) => String(groups), right: true },
  { title: "RULES", text: ({ rules }) => String(rules), right: true },
  { title: "CHANGED", text: ({ created }) => (created ?? "").slice(0, 19) },
  { title: "BY", text: ({ author }) => author },
];

const packColumns: readonly Column<Pack>[] = [
  { title: "PACK", text: ({ name }) => name },
  { title: "RULES", text: ({ rules }) => String(rules), right: true },
  { title: "ENABLED", text: ({ enabled, changed }) => (changed ? "changed copy" : enabled ? "yes" : "no") },
  { title: "", text: ({ description }) => description },
];

/** `sightlinectl rules list` */
export async function list({ settings, out, signal }: Context): Promise<void> {
  const files = await listFiles(createGatewayClient(settings(), signal));
  out.rows("files", fileColumns, files);
  if (files.length === 0) out.note("no rule files");
}

/** `sightlinectl rules packs` */
export async function packs({ settings, out, signal }: Context): Promise<void> {
  out.rows("packs", packColumns, await listPacks(createGatewayClient(settings(), signal)));
}
