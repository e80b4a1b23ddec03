import { AppError } from "@sightline/errors/app-error";
import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { type Column, counted } from "../print/table.ts";
import { deleteFile, enablePack } from "./kept-files.ts";

interface Result {
  readonly name: string;
  /** What became of it, or why nothing did. */
  readonly result: string;
  readonly failed: boolean;
}

const columns: readonly Column<Result>[] = [
  { title: "NAME", text: ({ name }) => name },
  { title: "", text: ({ result }) => result },
];

/** `sightlinectl rules delete`. Throws at the end when some could not be; the others are deleted. */
export async function deleteFiles(context: Context, names: readonly string[]): Promise<void> {
  const gateway = createGatewayClient(context.settings(), context.signal);
  await changeEach(context, names, async (name) => {
    await deleteFile(gateway, name);
    return "deleted";
  });
}

/** `sightlinectl rules enable`. Throws at the end when some could not be; the others are enabled. */
export async function enablePacks(
  context: Context,
  names: readonly string[],
  { replace }: { readonly replace: boolean },
): Promise<void> {
  const gateway = createGatewayClient(context.settings(), context.signal);
  await changeEach(context, names, async (name) => {
    const { unchanged, rules, file } = await enablePack(gateway, name, replace);
    return unchanged ? "enabled already" : `enabled: ${counted(rules, "rule")} in ${file?.name ?? ""}`;
  });
}

async function changeEach(
  { out }: Context,
  names: readonly string[],
  change: (name: string) => Promise<string>,
): Promise<void> {
  const results: Result[] = [];
  try {
    for (const name of names) results.push(await attempt(name, change));
  } finally {
    out.rows("results", columns, results);
  }
  const failed = results.filter((result) => result.failed).length;
  if (failed > 0) throw new AppError("failed_precondition", `${failed} of ${names.length} failed`);
}

async function attempt(name: string, change: (name: string) => Promise<string>): Promise<Result> {
  try {
    return { name, result: await change(name), failed: false };
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.retryable || error.code === "cancelled" || error.code === "unauthenticated") throw error;
    return { name, result: error.message, failed: true };
  }
}
