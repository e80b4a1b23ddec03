import { join } from "node:path";
import { repositoryDir } from "./paths.ts";

/**
 * The file that Node runs for a program (a service, or `sightlinectl`): its source; where SIGHTLINE_PROGRAMS_DIR says
 * so its bundle in there, which starts in half the time.
 */
export function programFile(name: string): string {
  const bundles = process.env["SIGHTLINE_PROGRAMS_DIR"];
  if (bundles !== undefined) return join(bundles, name, "main.js");
  const folder = name === "sightlinectl" ? name : join("services", name);
  return join(repositoryDir, folder, "src", "main.ts");
}

/** What a program of ours needs of this environment: none of the settings, only what lets it start as soon as here. */
export function bareEnvironment(): Record<string, string> {
  const { PATH = "", NODE_COMPILE_CACHE } = process.env;
  return { PATH, NODE_NO_WARNINGS: "1", ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }) };
}
