import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { z } from "zod";

const root = resolve(import.meta.dirname, "../..");
const version = "v3.19.0";
const installed = join(root, ".toolchain/bin/helm");

/** A program of that name on PATH. */
function onPath(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

/** Where helm is: on PATH, or built once by Go where that is at hand; undefined where it cannot be had. */
export function findHelm(): string | undefined {
  if (onPath("helm")) return "helm";
  if (existsSync(installed)) return installed;
  if (!onPath("go")) return undefined;
  const env = { ...process.env, GOBIN: join(root, ".toolchain/bin"), GOFLAGS: "-mod=mod" };
  const built = spawnSync("go", ["install", `helm.sh/helm/v3/cmd/helm@${version}`], { env, stdio: "ignore" });
  return built.status === 0 ? installed : undefined;
}

const object = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
export type Rendered = z.infer<typeof object>;

export interface Chart {
  /** Renders with a values file of the chart's ci folder and further settings. */
  template(valuesFile: string, ...settings: string[]): Rendered[];
  /** What helm says when it refuses to render. */
  refusal(...settings: string[]): string;
  /** Exit status and output of a strict lint. */
  lint(valuesFile: string): { status: number | null; output: string };
}

/** The chart, as helm renders it. */
export function openChart(helm: string): Chart {
  const chart = join(root, "helm/sightline");
  const values = (file: string) => ["--values", join(chart, "ci", file)];
  const render = (args: string[]) => ["template", "release", chart, "--kube-version", "1.31.0", ...args];
  return {
    template: (file, ...settings) => {
      const text = execFileSync(helm, render([...values(file), ...settings]), { encoding: "utf8", stdio: "pipe" });
      return parseAllDocuments(text)
        .map((document) => document.toJS())
        .filter((value) => value !== null)
        .map((value) => object.parse(value));
    },
    refusal: (...settings) => {
      const { status, stderr } = spawnSync(helm, render(settings), { encoding: "utf8" });
      return status === 0 ? "" : stderr;
    },
    lint: (file) => {
      const { status, stdout, stderr } = spawnSync(helm, ["lint", "--strict", chart, ...values(file)], {
        encoding: "utf8",
      });
      return { status, output: stdout + stderr };
    },
  };
}
