import type { PauseWatch } from "../writer/pause.ts";
import type { DiskWatch } from "./watch-disk.ts";

type Pausing = Pick<PauseWatch, "active" | "onChange">;

/** Writing also rests while the disk is full. Whoever asks for a pause by name comes first: they wait to be told. */
export function pauseForDisk(pause: Pausing, disk: Pick<DiskWatch, "level" | "onChange">): Pausing {
  return {
    active: () => pause.active() ?? (disk.level() === "full" ? "the disk is full" : undefined),
    onChange: (listener) => {
      const ends = [pause.onChange(listener), disk.onChange(listener)];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
