import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { librariesFromDebian } from "@sightline/local/install/debian";

/** The time of day as processes see it that were started with `env`. What is measured as having passed is as ever. */
export interface FakeTime extends Disposable {
  readonly env: Readonly<Record<string, string>>;
  /** Sets their clock: so many seconds ahead of the right one, or behind it. They see it within a second. */
  set(aheadSeconds: number): void;
}

/** Makes one that is right at first. By libfaketime, from Debian. */
export async function createFakeTime(): Promise<FakeTime> {
  const dirs = await librariesFromDebian("libfaketime");
  const library = dirs.map((dir) => join(dir, "faketime", "libfaketime.so.1")).find((path) => existsSync(path));
  if (library === undefined) throw new Error(`cannot find libfaketime.so.1: got ${dirs.join(", ") || "no libraries"}`);
  const dir = mkdtempSync(join(tmpdir(), "sightline-time-"));
  const file = join(dir, "ahead");
  const set = (aheadSeconds: number): void => {
    writeFileSync(`${file}.next`, `${aheadSeconds < 0 ? "" : "+"}${aheadSeconds}\n`);
    renameSync(`${file}.next`, file);
  };
  set(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      NO_FAKE_STAT: "1",
    },
    set,
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
