import { existsSync, globSync, statSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../install/paths.ts";
import { runTool } from "../install/run-tool.ts";

const webDir = join(repositoryDir, "services", "gateway", "web");
const sources = "{src/**/*,public/**/*,index.html,package.json,vite.config.ts,tsconfig.json}";
const buildTimeoutMs = 180_000;

/** Whether the built web page is missing or older than its sources. */
export function isPageStale(): boolean {
  const built = join(webDir, "dist", "index.html");
  if (!existsSync(built)) return true;
  const builtMs = statSync(built).mtimeMs;
  return globSync(sources, { cwd: webDir }).some((path) => statSync(join(webDir, path)).mtimeMs > builtMs);
}

/** Builds the web page. Rejects with one line. */
export async function buildPage(): Promise<void> {
  const vite = join(webDir, "node_modules", "vite", "bin", "vite.js");
  await runTool(process.execPath, [vite, "build", "--logLevel", "error"], { cwd: webDir, timeoutMs: buildTimeoutMs });
}
