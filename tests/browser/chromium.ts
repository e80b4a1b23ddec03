import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * Where a Chromium is; where there is none and we are root on a Debian, its package is installed first. Undefined where it
 * cannot be had.
 */
export function findChromium(): string | undefined {
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined || process.getuid?.() !== 0) return found;
  const apt = (...args: string[]) => spawnSync("apt-get", ["-qq", "-y", ...args], { stdio: "ignore" }).status === 0;
  if (!(apt("update") && apt("install", "--no-install-recommends", "chromium"))) return undefined;
  return candidates.find((path) => existsSync(path));
}

/** Headless, and speaking to nobody but the page. */
export const CHROMIUM_FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
