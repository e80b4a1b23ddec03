import { globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { inlineTexts } from "./inline-texts.ts";

/** A program of the tree. */
export interface Program {
  /** That of its folder: `ingest`, `sightlinectl`. */
  readonly name: string;
  /** Its main file, relative to the root. */
  readonly main: string;
}

/** Every program that is shipped: the services and the command line. */
export function programsOf(root: string): Program[] {
  const mains = globSync("{services/*,sightlinectl}/src/main.ts", { cwd: root }).toSorted();
  return mains.map((main) => ({ name: basename(dirname(dirname(main))), main }));
}

/** Writes a program as one file that needs nothing beside it, and its source map. */
export async function bundle(root: string, { main }: Program, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(root, main)],
    outfile,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    sourcemap: true,
    legalComments: "external",
    logLevel: "warning",
    plugins: [inlineTexts()],
    // Dependencies written as CommonJS ask for `require`, which ES modules lack.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    // OpenTelemetry's gRPC exporter asks for grpc-js at run time in its ES modules, where a bundle has none; its CommonJS
    // files are bundled whole.
    conditions: ["require"],
    // Optional natives and exporters that a bundle does without.
    external: ["pg-native", "bufferutil", "utf-8-validate"],
  });
}
