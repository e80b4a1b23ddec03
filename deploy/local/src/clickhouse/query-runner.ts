import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { exceptionBlock, openBody, type Summary, summarize, writeHead, writePart } from "./answer.ts";
import type { Engine, EngineStatement } from "./engine.ts";
import { quoteString } from "./engine.ts";
import { parseException } from "./exceptions.ts";
import type { Connection, RawResult } from "./native-addon.ts";
import type { PiecePart } from "./piece-pool.ts";
import type { QueryRequest } from "./request.ts";
import { openResultPipe, type ResultPipe } from "./result-pipe.ts";
import type { InsertStatement, Statement } from "./statement.ts";

/** One request on its way through the engine. */
export interface Run {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly request: QueryRequest;
  /** The request's text up to the statement's end, or its first data. */
  readonly head: Buffer;
  /** The connection of the request's session, if it has one. */
  readonly session: Connection | undefined;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

export interface QueryRunner {
  /** Answers with rows, through the named pipe `pipe`. Rejects only before anything was sent. */
  query(run: Run, statement: Extract<Statement, { kind: "query" }>, pipe: string): Promise<void>;
  /** Inserts the file's data, without an answer yet: whoever asked must find the file and the session free by then. */
  insert(run: Run, statement: InsertStatement, file: string): Promise<RawResult>;
  /** Answers an INSERT. */
  inserted(run: Run, result: RawResult): void;
  command(run: Run, statement: Extract<Statement, { kind: "command" }>): Promise<void>;
}

/** A statement that runs: its output and its end. */
interface Source {
  readonly pipe: ResultPipe;
  readonly finished: Promise<RawResult>;
}

/** Results up to this size are held back until the query has ended, so that status and summary are final. */
const HELD_BACK_BYTES = 256 * 1024;
/** The same for `wait_end_of_query=1`; a larger result is streamed all the same. */
const HELD_BACK_WAITING_BYTES = 64 * 1024 * 1024;
const CANCEL_EVERY_MS = 200;

/** Asks the engine to stop until it has: a query that is still being planned is not yet on its list. */
async function cancelUntil(ended: AbortSignal, engine: Engine, marker: string): Promise<void> {
  while (!ended.aborted) {
    await engine.cancel(marker);
    await delay(CANCEL_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

function insertSql(head: Buffer, statement: InsertStatement, file: string): string {
  const part = (from: number, to: number) => head.subarray(from, to).toString("utf8");
  const { sourceAt, formatAt, format, input } = statement;
  if (input === undefined) {
    return `${part(0, sourceAt)} FROM INFILE ${quoteString(file)} ${part(sourceAt, formatAt)} FORMAT ${format}`;
  }
  const source = `file(${quoteString(file)}, ${quoteString(format)}, `;
  return `${part(0, input.start)}${source}${part(input.end, formatAt)}`;
}

/** Bytes in memory of their own. */
function partOf(bytes: Uint8Array): PiecePart {
  return { bytes, release: () => undefined };
}

export function createQueryRunner(engine: Engine): QueryRunner {
  function engineStatement(request: QueryRequest, sql: string): EngineStatement {
    const { settings, parameters, roles, database, defaultFormat } = request;
    return { sql, format: defaultFormat, settings, parameters, roles, database };
  }

  function answerHead(run: Run, format: string, summary: Summary) {
    const exceptionTag = randomBytes(8).toString("hex");
    const contentType = engine.contentTypes.get(format) ?? "text/plain; charset=UTF-8";
    const head = {
      queryId: run.request.queryId,
      format,
      contentType,
      timezone: engine.timezone,
      summary,
      exceptionTag,
    };
    return head;
  }

  /** Sends a result that is complete. */
  function sendWhole(run: Run, format: string, parts: readonly PiecePart[], summary: Summary): void {
    const body = openBody(run.incoming, run.response, run.request.settings);
    writeHead(run.response, answerHead(run, format, summary));
    for (const part of parts) body.write(part.bytes, part.release);
    body.end();
  }

  /** Sends a result as it comes, the more so the larger it is. */
  async function send(run: Run, format: string, source: Source): Promise<void> {
    source.finished.catch(() => undefined);
    const limit = run.request.waitEndOfQuery ? HELD_BACK_WAITING_BYTES : HELD_BACK_BYTES;
    const first: PiecePart[] = [];
    for (let size = 0; size <= limit; ) {
      const part = await source.pipe.next();
      if (part === null) return sendWhole(run, format, first, summarize(await source.finished));
      first.push(part);
      size += part.bytes.length;
    }
    await sendRest(run, format, source, first);
  }

  /** Sends a result whose end is not yet known: an exception after this can only be told inside the body. */
  async function sendRest(run: Run, format: string, source: Source, first: readonly PiecePart[]): Promise<void> {
    const body = openBody(run.incoming, run.response, run.request.settings);
    const head = answerHead(run, format, summarize(undefined));
    writeHead(run.response, head);
    for (const part of first) await writePart(body, part, run.signal);
    for (let part = await source.pipe.next(); part !== null; part = await source.pipe.next()) {
      await writePart(body, part, run.signal);
    }
    const failure = await source.finished.then(() => undefined, parseException);
    if (failure !== undefined) {
      await writePart(
        body,
        partOf(Buffer.from(exceptionBlock(failure, head.exceptionTag, engine.version))),
        run.signal,
      );
    }
    body.end();
  }

  return {
    async query(run, statement, path) {
      const { head, request, signal } = run;
      const format = statement.format ?? request.defaultFormat;
      const text = (from: number, to: number) => head.subarray(from, to).toString("utf8");
      const tail = statement.format === undefined ? `FORMAT ${format}` : text(statement.outputAt, statement.end);
      const sql = `${text(0, statement.outputAt)}\nINTO OUTFILE ${quoteString(path)} APPEND ${tail}`;
      const pipe = openResultPipe(path);
      const ended = new AbortController();
      const finished = engine.execute(engineStatement(request, sql), run.session).finally(() => {
        ended.abort();
        pipe.finish();
      });
      let cancelled: Promise<void> | undefined;
      const giveUp = () => {
        pipe.discard();
        cancelled ??= cancelUntil(ended.signal, engine, path);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      try {
        await send(run, format, { pipe, finished });
      } catch (error) {
        giveUp();
        throw error;
      } finally {
        signal.removeEventListener("abort", giveUp);
        await Promise.allSettled([finished, cancelled]);
      }
    },

    insert(run, statement, file) {
      return engine.execute(engineStatement(run.request, insertSql(run.head, statement, file)), run.session);
    },

    inserted(run, result) {
      sendWhole(run, run.request.defaultFormat, [], summarize(result, true));
    },

    async command(run, statement) {
      const sql = run.head.subarray(0, statement.end).toString("utf8");
      const result = await engine.execute(engineStatement(run.request, sql), run.session);
      sendWhole(run, statement.format ?? run.request.defaultFormat, [partOf(result.bytes)], summarize(result));
    },
  };
}
