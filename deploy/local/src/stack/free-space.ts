import { mkdirSync, statfsSync } from "node:fs";

const wantedBytes = 2 ** 30;

/** Throws one line when the disk of the instance is nearly full: databases on a full disk end badly. */
export function assertFreeSpace(dir: string): void {
  mkdirSync(dir, { recursive: true });
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  if (free >= wantedBytes) return;
  const got = `${Math.round(free / 2 ** 20)} MB free where ${dir} is`;
  throw new Error(`cannot start: got ${got}, want 1 GB; free some space or set SIGHTLINE_DIR to another disk`);
}
