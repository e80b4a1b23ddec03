import { readFile, statfs } from "node:fs/promises";
import { join } from "node:path";
import { type HostFamily, type HostPoint, type MetricSpec, point } from "./host-family.ts";

const BYTES: MetricSpec = {
  name: "system_disk_usage_bytes",
  unit: "By",
  help: "Space of a file system; free is what users other than root can still get",
  kind: "gauge",
};
const PERCENT: MetricSpec = {
  name: "system_disk_usage_percent",
  unit: "%",
  help: "Space in use, of what users other than root could use",
  kind: "gauge",
};

/** A mounted file system. */
export interface Mount {
  readonly device: string;
  readonly path: string;
  readonly type: string;
}

/** File systems more than these are left out. */
const MAX_MOUNTS = 64;

/**
 * File systems that hold data of this host. Others are the kernel's own, live in memory, are images that are always
 * full, or hang on a network, where asking can block for ever.
 */
const LOCAL_TYPES: ReadonlySet<string> = new Set([
  "apfs",
  "bcachefs",
  "btrfs",
  "exfat",
  "ext2",
  "ext3",
  "ext4",
  "f2fs",
  "fuseblk",
  "jfs",
  "ntfs",
  "ntfs3",
  "overlay",
  "reiserfs",
  "ufs",
  "vfat",
  "xfs",
  "zfs",
]);

/**
 * The local file systems of /proc/self/mounts (fstab(5)), each device once, at its first mount: later ones are bind
 * mounts of the same space.
 */
export function parseMounts(mounts: string): Mount[] {
  const byDevice = new Map<string, Mount>();
  for (const line of mounts.split("\n")) {
    const [device = "", path = "", type = ""] = line.split(" ").map(unescapeOctal);
    if (!LOCAL_TYPES.has(type) || path === "" || byDevice.has(device)) continue;
    byDevice.set(device, { device, path, type });
  }
  return [...byDevice.values()].slice(0, MAX_MOUNTS);
}

/** Blanks in paths are written as \040 and the like. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** What statfs(2) says of a file system. */
export interface Blocks {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
}

/** The values of one file system; none for one without space. Percent is what df(1) shows. */
export function diskPoints(path: string, { bsize, blocks, bfree, bavail }: Blocks): HostPoint[] {
  if (blocks === 0) return [];
  const used = (blocks - bfree) * bsize;
  const free = bavail * bsize;
  return [
    point(BYTES, used, { path, type: "used" }),
    point(BYTES, free, { path, type: "free" }),
    point(BYTES, blocks * bsize, { path, type: "total" }),
    point(PERCENT, used + free === 0 ? 0 : (100 * used) / (used + free), { path }),
  ];
}

/** Space of the local file systems. */
export function createDisk(procPath: string): HostFamily {
  return {
    name: "disk",
    async read() {
      const mounts = parseMounts(await readFile(join(procPath, "self/mounts"), "utf8"));
      const points = await Promise.all(mounts.map(readMount));
      return points.flat();
    },
  };
}

/** A file system may go away between the list and the question, or be closed to us. */
async function readMount({ path }: Mount): Promise<HostPoint[]> {
  const blocks = await statfs(path).catch(() => undefined);
  return blocks === undefined ? [] : diskPoints(path, blocks);
}
