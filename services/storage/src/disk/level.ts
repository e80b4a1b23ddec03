/** How full a disk is: nothing is the matter; people are told; nothing more is stored. */
export type DiskLevel = "ok" | "high" | "full";

export interface Marks {
  readonly warnPercent: number;
  readonly pausePercent: number;
}

/** A level is left again only so far below its mark, percent of the disk: a merge must not turn it on and off. */
const HYSTERESIS_PERCENT = 1;

/** The level of a disk of which so many percent are used, coming from another one. */
export function levelOf(usedPercent: number, before: DiskLevel, { warnPercent, pausePercent }: Marks): DiskLevel {
  const mark = (percent: number, isOn: boolean) => usedPercent >= percent - (isOn ? HYSTERESIS_PERCENT : 0);
  if (mark(pausePercent, before === "full")) return "full";
  return mark(warnPercent, before !== "ok") ? "high" : "ok";
}
