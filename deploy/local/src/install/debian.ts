import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Binary } from "./binary.ts";
import { findOnPath, toolchainDir } from "./paths.ts";
import { runTool } from "./run-tool.ts";

/** Everything unpacked from Debian packages, one directory per program. */
const debsDir = join(toolchainDir, "debs");
/** Package lists of our own, for a machine whose own are empty, old or not ours to refresh. */
const listsDir = join(toolchainDir, "apt");

const updateTimeoutMs = 120_000;
const downloadTimeoutMs = 120_000;

/** Whether this machine can fetch Debian packages at all. */
export function hasApt(): boolean {
  return findOnPath("apt-get") !== undefined && findOnPath("dpkg-deb") !== undefined;
}

/**
 * A program out of a Debian package, downloaded and unpacked beside the sources: no root, nothing installed into the
 * system, no daemon started. Shared libraries the machine lacks come along. Safe to call from several processes at once.
 * Rejects with one line when the package cannot be had.
 */
export async function fromDebian(packageName: string, executable: string): Promise<Binary> {
  return binaryIn(await homeOf(packageName), executable);
}

/** Directories of the libraries in a Debian package that has no program, such as a module of one; else as `fromDebian`. */
export async function librariesFromDebian(packageName: string): Promise<readonly string[]> {
  return libraryDirsOf(await homeOf(packageName));
}

/** Where the package is unpacked, now at the latest. */
async function homeOf(packageName: string): Promise<string> {
  const home = join(debsDir, packageName);
  if (!existsSync(home)) await install(packageName, home);
  return home;
}

async function install(packageName: string, home: string): Promise<void> {
  await mkdir(debsDir, { recursive: true });
  const staging = await mkdtemp(join(debsDir, ".staging-"));
  try {
    await downloadClosure(packageName, staging);
    await rename(join(staging, "root"), home);
  } catch (error) {
    // Another process was faster: what it unpacked is the same.
    if (!existsSync(home)) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Downloads and unpacks the package and whatever of its dependencies is a program part or a library not installed here. */
async function downloadClosure(packageName: string, staging: string): Promise<void> {
  const root = join(staging, "root");
  await mkdir(root);
  const seen = new Set<string>();
  let wanted = [packageName];
  while (wanted.length > 0) {
    for (const name of wanted) seen.add(name);
    const batchDir = await mkdtemp(join(staging, "batch-"));
    await download(wanted, batchDir);
    const dependencies = new Set<string>();
    for (const file of await readdir(batchDir)) {
      const deb = join(batchDir, file);
      await runTool("dpkg-deb", ["-x", deb, root], { timeoutMs: downloadTimeoutMs });
      const fields = await runTool("dpkg-deb", ["-f", deb, "Depends"], { timeoutMs: downloadTimeoutMs });
      for (const name of dependenciesToFetch(fields)) dependencies.add(name);
    }
    wanted = (await notInstalled([...dependencies])).filter((name) => !seen.has(name));
  }
}

/**
 * The first alternative of every dependency that may hold code we run: libraries and the parts a server is split into.
 * Packages that set up users, init scripts and the like are of no use without an installation.
 */
export function dependenciesToFetch(depends: string): string[] {
  return depends
    .replace(/^Depends:/, "")
    .split(",")
    .map(
      (group) =>
        group
          .split("|")[0]
          ?.trim()
          .split(/[\s:(]/)[0] ?? "",
    )
    .filter((name) => /^(lib|lua-|redis-|valkey-)/.test(name));
}

async function notInstalled(names: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const name of names) {
    const status = await runTool("dpkg-query", ["-s", name], { timeoutMs: 10_000 }).catch(() => "unknown to dpkg");
    if (!status.includes("Status: install ok installed")) missing.push(name);
  }
  return missing;
}

async function download(names: readonly string[], dir: string): Promise<void> {
  const get = (options: readonly string[]) =>
    runTool("apt-get", [...options, "-qq", "download", ...names], { cwd: dir, timeoutMs: downloadTimeoutMs });
  try {
    await get(existsSync(listsDir) ? ownListsOptions() : []);
  } catch {
    // The lists are missing or older than the archive.
    await updateOwnLists();
    await get(ownListsOptions());
  }
}

async function updateOwnLists(): Promise<void> {
  await mkdir(join(listsDir, "lists", "partial"), { recursive: true });
  await mkdir(join(listsDir, "cache", "archives", "partial"), { recursive: true });
  // One at a time: apt gives up when somebody else is writing the lists.
  const lock = ["--wait", String(updateTimeoutMs / 1000), join(listsDir, "lock")];
  await runTool("flock", [...lock, "apt-get", ...ownListsOptions(), "-qq", "update"], {
    timeoutMs: 2 * updateTimeoutMs,
  });
}

function ownListsOptions(): string[] {
  // The download sandbox user cannot write below a home directory; without root there is none anyway.
  const settings = [`Dir::State::lists=${listsDir}/lists`, `Dir::Cache=${listsDir}/cache`, "APT::Sandbox::User="];
  return settings.flatMap((setting) => ["-o", setting]);
}

function binaryIn(home: string, executable: string): Binary {
  for (const dir of ["usr/bin", "usr/sbin", "bin", "sbin"]) {
    const path = join(home, dir, executable);
    if (existsSync(path)) return { path, libraryDirs: libraryDirsOf(home) };
  }
  throw new Error(`cannot find ${executable} in ${home}: remove ${dirname(home)} and try again`);
}

function libraryDirsOf(home: string): string[] {
  const found: string[] = [];
  for (const dir of ["usr/lib", "lib"]) {
    const base = join(home, dir);
    if (!existsSync(base)) continue;
    for (const entry of readdirSync(base, { withFileTypes: true })) {
      if (entry.isDirectory() && entry.name.includes("-linux-")) found.push(join(base, entry.name));
    }
  }
  return found;
}
