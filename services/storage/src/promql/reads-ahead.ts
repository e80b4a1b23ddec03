import type { ReadBlock } from "@sightline/columns/read-blocks";
import type { Selection } from "@sightline/query/promql/source";
import type { Params, ReadContext, Reader } from "../query/reader.ts";

/**
 * Reads of samples that are begun while it is still looked up whose samples these are: the database takes a third as long for that as for
 * the samples. What a selection will read is what it read the last time, of its own times; where it turns out to be something else, what
 * was begun is given up.
 */
export interface ReadsAhead {
  begin(selection: AheadSelection, context: ReadContext): ReadAhead;
}

export type AheadSelection = Pick<Selection, "matchers" | "hints" | "startMs" | "endMs">;

/** The reads of one selection. */
export interface ReadAhead {
  /** Answers the statement that was begun from there, and any other as ever. */
  readonly reader: Reader;
  /** Says that all has been read: gives up what nobody asked for. */
  end(): void;
}

interface Read extends Pick<Selection, "startMs" | "endMs"> {
  readonly sql: string;
  readonly params: Params;
}

interface Begun {
  readonly sql: string;
  readonly params: string;
  readonly blocks: AsyncIterator<ReadBlock>;
  readonly first: Promise<IteratorResult<ReadBlock>>;
  giveUp(): void;
}

const MAX_KNOWN = 1000;
/** Of all that was asked and was read then. */
const MAX_KNOWN_CHARACTERS = 16_000_000;

/**
 * @param maxWaiting How many reads may have been begun that nobody takes yet. Each of them holds a connection to the database, and what
 *   takes them waits for lookups, which need one too: there have to be more connections than that.
 */
export function createReadsAhead(reader: Reader, maxWaiting: number): ReadsAhead {
  // What was asked for last stands last.
  const known = new Map<string, { readonly read: Read; readonly characters: number }>();
  let characters = 0;
  let waiting = 0;

  function forget(key: string): void {
    characters -= known.get(key)?.characters ?? 0;
    known.delete(key);
  }

  function remember(key: string, read: Read): void {
    forget(key);
    const own = key.length + read.sql.length + textOf(read.params).length;
    if (own > MAX_KNOWN_CHARACTERS / 100) return;
    known.set(key, { read, characters: own });
    characters += own;
    for (const oldest of known.keys()) {
      if (known.size <= MAX_KNOWN && characters <= MAX_KNOWN_CHARACTERS) break;
      forget(oldest);
    }
  }

  return {
    begin(selection, context) {
      const { startMs, endMs } = selection;
      const key = keyOf(selection, context);
      const last = known.get(key)?.read;
      let begun: Begun | undefined;
      if (last !== undefined && waiting < maxWaiting) {
        begun = beginRead(reader, last, { selection, context });
        waiting++;
      }
      /** What was begun, for who reads it or gives it up. */
      const take = () => {
        const taken = begun;
        if (taken !== undefined) waiting--;
        begun = undefined;
        return taken;
      };
      const reads: Read[] = [];
      return {
        reader: {
          ...reader,
          readColumns(sql, params, own) {
            reads.push({ startMs, endMs, sql, params });
            const taken = begun?.sql === sql && begun.params === textOf(params) ? take() : undefined;
            return taken === undefined ? reader.readColumns(sql, params, own) : rest(taken);
          },
        },
        end() {
          take()?.giveUp();
          const [only] = reads;
          if (only !== undefined && reads.length === 1) remember(key, only);
          else forget(key);
        },
      };
    },
  };
}

interface Asked {
  readonly selection: AheadSelection;
  readonly context: ReadContext;
}

function beginRead(reader: Reader, last: Read, { selection, context }: Asked): Begun {
  const gone = new AbortController();
  const params = movedParams(last, selection);
  const signal = AbortSignal.any([context.signal, gone.signal]);
  const blocks = reader.readColumns(last.sql, params, { ...context, signal })[Symbol.asyncIterator]();
  const first = blocks.next();
  // Who takes it hears of its failure.
  first.catch(() => undefined);
  return { sql: last.sql, params: textOf(params), blocks, first, giveUp: () => gone.abort() };
}

/** The parameters of a read with the times of another selection. */
function movedParams({ params, startMs, endMs }: Read, to: AheadSelection): Params {
  const moved = ([name, value]: [string, unknown]): [string, unknown] => {
    if (value === startMs) return [name, to.startMs];
    return [name, value === endMs ? to.endMs : value];
  };
  return Object.fromEntries(Object.entries(params).map(moved));
}

async function* rest({ blocks, first }: Begun): AsyncGenerator<ReadBlock, undefined> {
  try {
    for (let next = await first; next.done !== true; next = await blocks.next()) yield next.value;
  } finally {
    await blocks.return?.();
  }
}

function keyOf({ matchers, hints }: AheadSelection, { tenant }: ReadContext): string {
  return JSON.stringify([tenant, matchers.map(({ name, operator, value }) => [name, operator, value]), hints]);
}

function textOf(params: Params): string {
  return JSON.stringify(params, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}
