import { execFile } from "node:child_process";
import { mkdtempSync, rmdirSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A disk of a few megabytes over a directory; what was in the directory is hidden. */
export interface SmallDisk extends AsyncDisposable {
  freeBytes(): number;
  grow(megabytes: number): Promise<void>;
}

/** Mounts one. Whoever has files open on it keeps them when it is disposed of. */
export async function mountSmallDisk(dir: string, megabytes: number): Promise<SmallDisk> {
  await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", dir]);
  return {
    freeBytes: () => {
      const { bavail, bsize } = statfsSync(dir);
      return bavail * bsize;
    },
    grow: async (size) => void (await run("mount", ["-o", `remount,size=${size}m`, dir])),
    [Symbol.asyncDispose]: async () => void (await run("umount", ["--lazy", dir])),
  };
}

/** Why there can be none here, false if there can: mounting takes the rights of root, which containers mostly lack. */
export async function whyNoSmallDisk(): Promise<string | false> {
  const dir = mkdtempSync(join(tmpdir(), "sightline-disk-"));
  try {
    await using _disk = await mountSmallDisk(dir, 1);
    return false;
  } catch {
    return "nothing can be mounted here";
  } finally {
    rmdirSync(dir);
  }
}
