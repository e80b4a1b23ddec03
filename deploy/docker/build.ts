// Builds what the images hold: one file per program in dist/<program>/main.js, and the web page in dist/gateway/page.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { build } from "esbuild";
import { inlineTexts } from "./inline-texts.ts";

const root = resolve(import.meta.dirname, "../..");
const out = join(root, "dist");

/** Bundles one program; its files that are read at run time by folder (migrations) are copied beside the bundle. */
async function bundle(name: string, main: string): Promise<void> {
  await build({
    entryPoints: [join(root, main)],
    outfile: join(out, name, "main.js"),
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

function buildPage(): void {
  const web = join(root, "services/gateway/web");
  execFileSync(join(web, "node_modules/.bin/vite"), ["build", "--logLevel", "warn"], { cwd: web, stdio: "inherit" });
  cpSync(join(web, "dist"), join(out, "gateway/page"), { recursive: true });
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
// Each in a folder of its own name: services/ingest/src/main.ts, sightlinectl/src/main.ts.
for (const main of globSync("{services/*,sightlinectl}/src/main.ts", { cwd: root }).toSorted()) {
  const name = basename(dirname(dirname(main)));
  await bundle(name, main);
  const file = join(out, name, "main.js");
  console.log(`${relative(root, file)}  ${(statSync(file).size / 1e6).toFixed(1)} MB`);
}
if (existsSync(join(root, "services/gateway/web/vite.config.ts"))) {
  buildPage();
  console.log("dist/gateway/page");
}
