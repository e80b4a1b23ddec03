import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The process that runs an instance, or undefined when none does. A file left by a dead one does not count. */
export function runningInstance(dir: string): number | undefined {
  const pid = Number.parseInt(readOr(lockFile(dir), ""), 10);
  if (!Number.isInteger(pid) || pid === process.pid) return undefined;
  return isUp(pid) ? pid : undefined;
}

/** Marks the instance as run by this process; throws one line when another runs it. Returns how to give it back. */
export function lockInstance(dir: string): () => void {
  mkdirSync(dir, { recursive: true, mode: 0o711 });
  const path = lockFile(dir);
  for (let attempt = 1; ; attempt++) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      const pid = runningInstance(dir);
      if (pid !== undefined)
        throw new Error(`Sightline is already running here (process ${pid}); stop it with make down`);
      if (attempt === 2) throw error;
      rmSync(path, { force: true });
    }
  }
}

function lockFile(dir: string): string {
  return join(dir, "up.pid");
}

/** Whether that process lives and is `up`: after a crash or a restart of the machine the number may be a stranger's. */
function isUp(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && Reflect.get(error, "code") === "EPERM";
  }
  const command = readOr(`/proc/${pid}/cmdline`, undefined);
  return command === undefined || command.includes("up.ts");
}

function readOr<T>(path: string, otherwise: T): string | T {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return otherwise;
  }
}
