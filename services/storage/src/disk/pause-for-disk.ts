import type { LanePause } from "../writer/pause.ts";
import type { DiskWatch } from "./watch-disk.ts";

/** Writing also rests while the disk is full. Whoever asks for a pause by name comes first: they wait to be told. */
export function pauseForDisk(pause: LanePause, disk: Pick<DiskWatch, "level" | "onChange">): LanePause {
  return {
    active: () => pause.active() ?? (disk.level() === "full" ? "the disk is full" : undefined),
    atOnce: pause.atOnce,
    onChange: (listener) => {
      const ends = [pause.onChange(listener), disk.onChange(listener)];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
