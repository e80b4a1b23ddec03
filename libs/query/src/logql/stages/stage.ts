import type { Line } from "./line.ts";

/** One step of a pipeline: may change the line and its labels. Answers false when the line is not wanted. */
export type StageRunner = (line: Line) => boolean;
