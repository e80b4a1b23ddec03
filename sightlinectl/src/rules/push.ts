import { AppError } from "@sightline/errors/app-error";
import { formatFileProblem, parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import type { Context } from "../context.ts";
import { createGatewayClient, type GatewayClient } from "../gateway-client.ts";
import { type Column, counted } from "../print/table.ts";
import { checkOnServer, deleteFile, putFile } from "./kept-files.ts";
import { type LocalFile, readLocalFiles } from "./local-files.ts";
import { type PlannedChange, planPush } from "./plan-push.ts";

export interface PushOptions {
  /** Say what would change, change nothing. */
  readonly dryRun: boolean;
  /** Delete files that are not here. */
  readonly prune: boolean;
}

interface Pushed {
  readonly name: string;
  readonly change: PlannedChange["change"] | "failed";
  readonly error?: string;
}

const columns: readonly Column<Pushed>[] = [
  { title: "FILE", text: ({ name }) => name },
  { title: "", text: ({ change, error }) => (error === undefined ? change : `${change}: ${error}`) },
];

/**
 * `sightlinectl rules push`: the server has what is here. Nothing is pushed when any file is wrong; what somebody else has changed
 * meanwhile is left alone and fails.
 */
export async function push(
  { settings, out, signal }: Context,
  paths: readonly string[],
  { dryRun, prune }: PushOptions,
): Promise<void> {
  const { files, tests } = readLocalFiles(paths);
  for (const path of tests) out.note(`${path}: left out, it has unit tests`);
  refuseWrong(
    files.flatMap(({ path, source }) => parseRuleFile(source).problems.map((one) => formatFileProblem(path, one))),
    out,
  );
  const gateway = createGatewayClient(settings(), signal);
  const plan = await planPush(gateway, files, { prune });
  // The server may be another version than this program.
  refuseWrong(await problemsOnServer(gateway, plan, files), out);
  if (dryRun) {
    out.rows(
      "files",
      columns,
      plan.map(({ name, change }) => ({ name, change })),
    );
    out.note("nothing was changed: --dry-run");
    return;
  }
  const pushed: Pushed[] = [];
  try {
    for (const change of plan) pushed.push(await carryOut(gateway, change));
  } finally {
    out.rows("files", columns, pushed);
  }
  const failed = pushed.filter(({ change }) => change === "failed").length;
  if (failed > 0) throw new AppError("failed_precondition", `${counted(failed, "file")} of ${plan.length} failed`);
}

function refuseWrong(problems: readonly string[], out: Context["out"]): void {
  if (problems.length === 0) return;
  for (const problem of problems) out.note(problem);
  throw new AppError("failed_precondition", `${counted(problems.length, "problem")}: nothing was pushed`);
}

async function problemsOnServer(
  gateway: GatewayClient,
  plan: readonly PlannedChange[],
  files: readonly LocalFile[],
): Promise<string[]> {
  const pathOf = new Map(files.map(({ name, path }) => [name, path]));
  const found: string[] = [];
  for (const { name, change, after } of plan) {
    if (change !== "created" && change !== "changed") continue;
    const { problems } = await checkOnServer(gateway, { name, source: after });
    const path = pathOf.get(name) ?? name;
    found.push(...problems.map(({ message, ...place }) => formatFileProblem(path, { place, message })));
  }
  return found;
}

async function carryOut(gateway: GatewayClient, { name, change, version, after }: PlannedChange): Promise<Pushed> {
  try {
    if (change === "deleted") await deleteFile(gateway, name, version);
    else if (change !== "unchanged") await putFile(gateway, { name, source: after, version });
    return { name, change };
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.retryable || error.code === "cancelled") throw error;
    return { name, change: "failed", error: error.message };
  }
}
