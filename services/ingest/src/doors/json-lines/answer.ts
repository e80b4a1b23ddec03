import { invalid } from "@sightline/errors/app-error";
import { type Answer, JSON_TYPE } from "../../http/answer.ts";
import type { LogsOutcome } from "../../receive/receive-logs.ts";
import type { LinesFormat } from "./translate.ts";

/** So many refusals are told one by one; their number is always told. */
const MAX_TOLD = 100;

/** 200 with what was refused, by line (from 1) or index (from 0). Throws `invalid_argument` when that was everything. */
export function linesAnswer({ accepted, refused, told }: LogsOutcome, format: LinesFormat): Answer {
  const unit = format === "document" ? "index" : "line";
  const rejected = told
    .toSorted((a, b) => a.place - b.place)
    .slice(0, MAX_TOLD)
    .map(({ place, reason }) => ({ [unit]: place, reason }));
  const [first] = told;
  if (accepted === 0 && first !== undefined) {
    throw invalid(`cannot take any of ${refused} log records: ${unit} ${first.place}: ${first.reason}`);
  }
  const body = JSON.stringify({ accepted, refused, rejected });
  return { status: 200, content: { type: JSON_TYPE, body } };
}
