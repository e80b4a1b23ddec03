import { AppError } from "@sightline/errors/app-error";
import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { counted, printable } from "../print/table.ts";
import { lineDiff } from "./line-diff.ts";
import { readLocalFiles } from "./local-files.ts";
import { planPush } from "./plan-push.ts";

/** `sightlinectl rules diff`: says what a push would change. Throws AppError when anything would, so that scripts can ask. */
export async function diff(
  { settings, out, signal }: Context,
  paths: readonly string[],
  options: { readonly prune: boolean },
): Promise<void> {
  const { files } = readLocalFiles(paths);
  const plan = await planPush(createGatewayClient(settings(), signal), files, options);
  const differing = plan
    .filter(({ change }) => change !== "unchanged")
    .map(({ name, change, version, before, after }) => ({
      name,
      change,
      version,
      diff: lineDiff(before, after, [`${name} on the server`, `${name} here`]),
    }));
  const lines = differing.flatMap((one) => one.diff.join("\n").split("\n").map(printable));
  out.value({ files: differing }, lines);
  if (differing.length > 0)
    throw new AppError("failed_precondition", `${counted(differing.length, "file")} would change`);
}
