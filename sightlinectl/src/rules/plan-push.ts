import type { GatewayClient } from "../gateway-client.ts";
import { findFile, type KeptFile, listFiles } from "./kept-files.ts";
import type { LocalFile } from "./local-files.ts";

/** What is to be done about one rule file, so that the server has what is here. */
export interface PlannedChange {
  readonly name: string;
  readonly change: "created" | "changed" | "unchanged" | "deleted";
  /** The version on the server; 0 for none. */
  readonly version: number;
  /** What the server has; "" for nothing. */
  readonly before: string;
  /** What it is to have; "" for nothing. */
  readonly after: string;
}

const PACK_PREFIX = "pack:";

/**
 * Compares what is here with what the server has, by name.
 *
 * @param prune whether files that are not here are to be deleted; not those of packs
 */
export async function planPush(
  gateway: GatewayClient,
  files: readonly LocalFile[],
  { prune }: { readonly prune: boolean },
): Promise<PlannedChange[]> {
  const kept = new Map((await listFiles(gateway)).map((file) => [file.name, file]));
  const changes: PlannedChange[] = [];
  for (const file of files) changes.push(await planFile(gateway, file, kept.get(file.name)));
  if (!prune) return changes;
  const here = new Set(files.map(({ name }) => name));
  for (const { name, version } of kept.values()) {
    if (here.has(name) || name.startsWith(PACK_PREFIX)) continue;
    const before = (await findFile(gateway, name))?.source ?? "";
    changes.push({ name, change: "deleted", version, before, after: "" });
  }
  return changes;
}

async function planFile(
  gateway: GatewayClient,
  { name, source: after }: LocalFile,
  kept: KeptFile | undefined,
): Promise<PlannedChange> {
  const found = kept === undefined ? undefined : await findFile(gateway, name);
  if (found === undefined) return { name, change: "created", version: 0, before: "", after };
  const { file, source: before } = found;
  return { name, change: before === after ? "unchanged" : "changed", version: file.version, before, after };
}
