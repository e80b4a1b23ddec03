import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { GatewayClient } from "../gateway-client.ts";

const keptFile = z.object({
  name: z.string(),
  version: z.number(),
  author: z.string(),
  created: z.string().nullable(),
  groups: z.number(),
  rules: z.number(),
  bytes: z.number(),
});
/** A rule file that is in force. */
export type KeptFile = z.infer<typeof keptFile>;

const outcome = z.object({
  file: keptFile.nullable(),
  unchanged: z.boolean(),
  problems: z.array(z.object({ line: z.number(), column: z.number(), message: z.string() })),
  rules: z.number(),
});
/** What became of a file that was put. */
export type Outcome = z.infer<typeof outcome>;

const pack = z.object({
  name: z.string(),
  description: z.string(),
  rules: z.number(),
  enabled: z.boolean(),
  changed: z.boolean(),
});
export type Pack = z.infer<typeof pack>;

/** The files in force, by name. */
export async function listFiles(gateway: GatewayClient): Promise<KeptFile[]> {
  return (await gateway.get("/v1/rule-files", {}, z.object({ files: z.array(keptFile) }))).files;
}

/** A file in force, or that was; undefined when there is none of that name. */
export async function findFile(
  gateway: GatewayClient,
  name: string,
): Promise<{ readonly file: KeptFile; readonly source: string } | undefined> {
  try {
    return await gateway.get(pathOf(name), {}, z.object({ file: keptFile, source: z.string() }));
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === "not_found") return undefined;
    throw error;
  }
}

export interface Draft {
  readonly name: string;
  readonly source: string;
  /** The version that is changed; 0 for none. */
  readonly version: number;
}

/** Puts a file in force, if it is that version still. Throws invalid_argument with all that is wrong. */
export function putFile(gateway: GatewayClient, { name, source, version }: Draft): Promise<Outcome> {
  return gateway.put(pathOf(name), { source, version }, outcome);
}

/** What the server says of a file, which changes nothing. */
export function checkOnServer(gateway: GatewayClient, { name, source }: Omit<Draft, "version">): Promise<Outcome> {
  return gateway.put(pathOf(name), { source, onlyCheck: true }, outcome);
}

/** Deletes a file, if it is that version still where one is given. */
export async function deleteFile(gateway: GatewayClient, name: string, version?: number): Promise<void> {
  const query = version === undefined ? "" : `?version=${version}`;
  await gateway.delete(`${pathOf(name)}${query}`, z.strictObject({}));
}

/** The rules that are shipped. */
export async function listPacks(gateway: GatewayClient): Promise<Pack[]> {
  return (await gateway.get("/v1/rule-packs", {}, z.object({ packs: z.array(pack) }))).packs;
}

export function enablePack(gateway: GatewayClient, name: string, replace: boolean): Promise<Outcome> {
  return gateway.post(`/v1/rule-packs/${encodeURIComponent(name)}/enable`, { replace }, outcome);
}

function pathOf(name: string): string {
  return `/v1/rule-files/${encodeURIComponent(name)}`;
}
