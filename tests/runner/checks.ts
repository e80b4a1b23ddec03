import { join } from "node:path";
import { startProcess } from "@sightline/local/servers/process";
import { checkTree } from "../house-rules/house-rules.ts";
import type { Result } from "./result.ts";

/** Something of the whole tree that is checked; counts as one test. */
export interface Check {
  readonly name: string;
  /** What is wrong, as lines to print; empty when nothing is. */
  run(root: string, signal: AbortSignal): Promise<string>;
}

const timeoutMs = 300_000;

/** Every check of `make check`. */
export const checks: readonly Check[] = [
  command("format and lint (biome)", "biome", ["check", "--error-on-warnings", "--max-diagnostics=200", "."]),
  command("types (tsc)", "tsc", ["-p", "tsconfig.json"]),
  command("types of the web page (tsc)", "tsc", ["-p", "services/gateway/web/tsconfig.json"]),
  command("who imports whom (dependency-cruiser)", "depcruise", [
    "--config",
    ".dependency-cruiser.mjs",
    "libs",
    "services",
    "sightlinectl",
    "deploy",
    "tests",
  ]),
  command("protos (buf lint)", "buf", ["lint", "proto"]),
  command("generated code is that of the protos", "node", ["proto/generate.ts", "--check"]),
  command("Grafana's boards are those of their sources", "node", ["deploy/grafana/src/generate.ts", "--check"]),
  { name: "house rules", run: async (root) => checkTree(root).join("\n") },
];

/** Runs one check; never rejects for what it finds. */
export async function runCheck(check: Check, root: string, signal: AbortSignal): Promise<Result> {
  const started = performance.now();
  const found = await check.run(root, signal).catch((error: unknown) => String(error));
  const failures = found === "" ? [] : [{ name: check.name, text: found }];
  return {
    name: check.name,
    durationMs: performance.now() - started,
    passed: found === "" ? 1 : 0,
    failures,
    skips: [],
    output: [],
  };
}

function command(name: string, program: string, args: readonly string[]): Check {
  return {
    name,
    async run(root, signal) {
      const output: string[] = [];
      const path = program === "node" ? process.execPath : join(root, "node_modules", ".bin", program);
      const { NODE_OPTIONS: _, ...env } = environment();
      const tool = startProcess({
        name,
        command: path,
        args,
        cwd: root,
        env,
        onLine: (line) => void output.push(line),
      });
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const onAbort = () => void tool.kill();
      deadline.addEventListener("abort", onAbort, { once: true });
      const { code } = await tool.ended;
      deadline.removeEventListener("abort", onAbort);
      if (code === 0) return "";
      return [...output, `${program} ended with exit code ${code}`].join("\n");
    },
  };
}

/** This process's environment without what is unset. */
export function environment(): Record<string, string> {
  const set: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) set[name] = value;
  return set;
}
