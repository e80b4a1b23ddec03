import type { Logger } from "@sightline/service/logger";
import { type DiskLevel, levelOf, type Marks } from "./level.ts";

/** A disk of the database. */
export interface Disk {
  readonly name: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface DiskWatchOptions {
  readDisks(): Promise<readonly Disk[]>;
  readonly marks: Marks;
  readonly log: Logger;
  /** Told when a disk gets to another level, and after that not again. */
  changed(disk: Disk, level: DiskLevel): void;
}

export interface DiskWatch {
  /** Reads the disks. While they cannot be read the last known state holds. */
  look(): Promise<void>;
  /** How full the fullest disk is, percent; 0 before the first look. */
  usedPercent(): number;
  /** The worst of all disks. */
  level(): DiskLevel;
  /** Told when storing must rest or may go on; returns what ends that. */
  onChange(listener: () => void): () => void;
}

const ORDER: readonly DiskLevel[] = ["ok", "high", "full"];

/** Knows how full the database's disks are. Nothing is ever deleted for it, nothing refused that has been taken. */
export function createDiskWatch({ readDisks, marks, log, changed }: DiskWatchOptions): DiskWatch {
  const listeners = new Set<() => void>();
  let levels: ReadonlyMap<string, DiskLevel> = new Map();
  let fullest = 0;
  const worst = () => [...levels.values()].toSorted((a, b) => ORDER.indexOf(b) - ORDER.indexOf(a))[0] ?? "ok";
  return {
    look: async () => {
      const before = worst();
      const disks = await readDisks();
      const next = new Map<string, DiskLevel>();
      for (const disk of disks) {
        const known = levels.get(disk.name) ?? "ok";
        const level = levelOf(usedPercentOf(disk), known, marks);
        next.set(disk.name, level);
        if (level === known) continue;
        log.warn({ disk: disk.name, level, usedPercent: Math.round(usedPercentOf(disk)) }, "disk level changed");
        changed(disk, level);
      }
      levels = next;
      fullest = Math.max(0, ...disks.map(usedPercentOf));
      if (worst() !== before) for (const listener of listeners) listener();
    },
    usedPercent: () => fullest,
    level: worst,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function usedPercentOf({ freeBytes, totalBytes }: Disk): number {
  return (1 - freeBytes / totalBytes) * 100;
}
