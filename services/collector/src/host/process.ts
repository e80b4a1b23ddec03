import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type HostFamily, type HostPoint, type MetricSpec, point } from "./host-family.ts";

const PROCESSES: MetricSpec = {
  name: "system_process_count",
  unit: "{process}",
  help: "Processes that exist",
  kind: "gauge",
};
const FILES: MetricSpec = {
  name: "system_file_descriptors_open",
  unit: "{file}",
  help: "Open files of all processes together",
  kind: "gauge",
};

/** How many of /proc's entries are processes. */
export function countProcesses(entries: readonly string[]): number {
  return entries.filter((name) => /^\d+$/.test(name)).length;
}

/** The open files of /proc/sys/fs/file-nr (proc_sys_fs(5)): allocated, less those that are free. */
export function parseOpenFiles(fileNr: string): number | undefined {
  const [allocated, free] = fileNr.trim().split(/\s+/).map(Number);
  return allocated === undefined || free === undefined ? undefined : allocated - free;
}

/** How many processes there are and how many files they have open. */
export function createProcesses(procPath: string): HostFamily {
  return {
    name: "process",
    async read() {
      const points: HostPoint[] = [point(PROCESSES, countProcesses(await readdir(procPath)))];
      const files = parseOpenFiles(await readFile(join(procPath, "sys/fs/file-nr"), "utf8"));
      if (files !== undefined) points.push(point(FILES, files));
      return points;
    },
  };
}
