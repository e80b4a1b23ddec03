import { ASKS, type Doors } from "./ask.ts";
import type { Board, Target } from "./boards.ts";
import { durationOf, type Shown, shownOf } from "./interpolate.ts";

/** A query of a panel, ready to be asked. */
export interface PanelQuery {
  /** Of the panel and the query in it. */
  readonly name: string;
  readonly target: Target;
  readonly shown: Shown;
}

/** What a board shows: until when, and with which texts for its variables. */
export interface Opened {
  readonly toMs: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** Every query of a board's panels and annotations, in their order. */
export function queriesOf(board: Board, { toMs, variables }: Opened): PanelQuery[] {
  const shown = (from: string, interval?: string) =>
    shownOf({
      toMs,
      rangeMs: durationOf(from),
      variables,
      ...(interval !== undefined && { leastStepMs: durationOf(interval) }),
    });
  const ofPanels = board.panels.flatMap(({ title, targets, timeFrom, interval }) =>
    targets.map((target) => ({
      name: `${title} ${target.refId}`,
      target,
      shown: shown(timeFrom ?? board.time.from, interval),
    })),
  );
  const ofAnnotations = board.annotations.list.map(({ name, target }) => ({
    name,
    target,
    shown: shown(board.time.from),
  }));
  return [...ofPanels, ...ofAnnotations];
}

/** As many as a browser asks at a time of one host over HTTP/1.1. */
const AT_ONCE = 6;

/** Asks all of them as a browser does; says what was wrong with which, and what had less than `least`. */
export async function problemsOf(doors: Doors, queries: readonly PanelQuery[], least: number): Promise<string[]> {
  const problems: string[] = [];
  const waiting = queries.values();
  const askAll = async (): Promise<void> => {
    for (const { name, target, shown } of waiting) {
      try {
        const ask = ASKS[target.datasource.type];
        if (ask === undefined) throw new Error(`no data source of the type ${target.datasource.type}`);
        if ((await ask(doors, target, shown)) < least) problems.push(`${name}: nothing found`);
      } catch (error) {
        problems.push(`${name}: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askAll));
  return problems;
}
