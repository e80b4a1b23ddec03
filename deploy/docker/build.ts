// Builds what the images hold: one file per program in dist/<program>/main.js, and the web page in dist/gateway/page.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { bundle, programsOf } from "./bundle.ts";

const root = resolve(import.meta.dirname, "../..");
const out = join(root, "dist");

function buildPage(): void {
  const web = join(root, "services/gateway/web");
  execFileSync(join(web, "node_modules/.bin/vite"), ["build", "--logLevel", "warn"], { cwd: web, stdio: "inherit" });
  cpSync(join(web, "dist"), join(out, "gateway/page"), { recursive: true });
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const program of programsOf(root)) {
  const file = join(out, program.name, "main.js");
  await bundle(root, program, file);
  console.log(`${relative(root, file)}  ${(statSync(file).size / 1e6).toFixed(1)} MB`);
}
if (existsSync(join(root, "services/gateway/web/vite.config.ts"))) {
  buildPage();
  console.log("dist/gateway/page");
}
