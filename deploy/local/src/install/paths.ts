import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the source tree. */
export const repositoryDir = fileURLToPath(new URL("../../../../", import.meta.url));

/** Where everything is installed that the machine itself does not have. `make clean` removes it. */
export const toolchainDir = join(repositoryDir, ".toolchain");

/** Sbin directories hold servers but are on nobody's PATH except root's. */
const serverDirs = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The full path of an executable on PATH (or among the system's servers), or undefined. */
export function findOnPath(name: string, path = process.env["PATH"] ?? ""): string | undefined {
  for (const dir of [...path.split(delimiter), ...serverDirs]) {
    if (dir === "") continue;
    const candidate = join(dir, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this directory: look in the next one.
    }
  }
  return undefined;
}
