import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ProcessUser } from "./process.ts";

/**
 * Who Postgres runs as. It refuses to be root, so root's goes to the machine's user `postgres`, else to `nobody`;
 * nothing is added to the system. Anyone else's runs as themselves: undefined.
 */
export async function databaseUser(paths: readonly string[]): Promise<ProcessUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const entry = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  const [, , uid, gid] = entry ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error("cannot start postgres as root: got no user postgres or nobody in /etc/passwd, want one of them");
  }
  const open = await Promise.all(paths.map((path) => isOpenToAll(dirname(resolve(path)))));
  return { uid: Number(uid), gid: Number(gid), entersAll: open.includes(false) };
}

/** Whether any user may pass through the directory and all above it. */
async function isOpenToAll(dir: string): Promise<boolean> {
  const mode = await stat(dir).then(
    (found) => found.mode,
    // Not made yet: it will be like its parent.
    () => 0o755,
  );
  if ((mode & 0o001) === 0) return false;
  const parent = dirname(dir);
  return parent === dir || (await isOpenToAll(parent));
}
