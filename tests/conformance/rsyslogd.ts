import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { environmentOf } from "@sightline/local/install/binary";
import { fromDebian } from "@sightline/local/install/debian";
import { eventually } from "@sightline/testkit/eventually";

/** A real rsyslogd. */
export interface Rsyslogd {
  stop(): Promise<void>;
}

export interface RsyslogdOptions {
  /** For its files. */
  readonly dir: string;
  /** Where it is given messages, in the place of /dev/log. */
  readonly socket: string;
  /** What it does with them: lines of its configuration. */
  readonly actions: readonly string[];
  /** Directories of libraries that hold further modules. */
  readonly libraryDirs?: readonly string[];
}

/** For tests: starts Debian's rsyslogd without root; resolves when it takes messages. */
export async function startRsyslogd({ dir, socket, actions, libraryDirs = [] }: RsyslogdOptions): Promise<Rsyslogd> {
  const binary = await fromDebian("rsyslog", "rsyslogd");
  const config = join(dir, "rsyslog.conf");
  const lines = [
    `global(workDirectory="${dir}")`,
    'module(load="imuxsock" sysSock.use="off")',
    `input(type="imuxsock" socket="${socket}" rateLimit.interval="0")`,
    ...actions,
  ];
  await writeFile(config, `${lines.join("\n")}\n`);
  const libraries = [...binary.libraryDirs, ...libraryDirs];
  // Where Debian keeps its modules, and where they lie when it is installed.
  const modules = [...libraries, "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
    .map((libraryDir) => join(libraryDir, "rsyslog"))
    .filter(existsSync);
  const args = ["-n", "-f", config, "-i", join(dir, "rsyslogd.pid"), "-M", modules.join(":")];
  const env = environmentOf({ ...binary, libraryDirs: libraries });
  const child = spawn(binary.path, args, { env, stdio: "ignore" });
  await eventually(() => existsSync(socket));
  return {
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
