import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Admission, createAdmission } from "./admission.ts";
import { writeException } from "./answer.ts";
import { createAuthentication } from "./authentication.ts";
import type { Engine } from "./engine.ts";
import { ClickHouseException, parseException } from "./exceptions.ts";
import { createQueryRunner, type Run } from "./query-runner.ts";
import { type QueryRequest, readQueryRequest } from "./request.ts";
import { readBody, readForm, type SplitBody, splitBody } from "./request-body.ts";
import { createNamedPipes } from "./result-pipe.ts";
import { createSessions } from "./sessions.ts";
import { createSpool } from "./spool.ts";
import { parseStatement, type Statement } from "./statement.ts";

export interface QueryHandlerOptions {
  readonly engine: Engine;
  readonly password: string;
  readonly spoolDirectory: string;
  readonly maxBodyBytes: number;
  readonly maxConcurrentQueries: number;
  readonly maxWaitingQueries: number;
}

/** Answers requests that carry a query. */
export interface QueryHandler {
  handle(incoming: IncomingMessage, response: ServerResponse, url: URLSearchParams): Promise<void>;
  /** How many statements run now. */
  running(): number;
  close(): void;
}

/** ClickHouse's default of `max_query_size`: how far a statement, without an INSERT's data, may reach. */
const MAX_QUERY_BYTES = 256 * 1024;
const MAX_FORM_BYTES = 16 * 1024 * 1024;
const MAX_SESSIONS = 100;

function maxQueryBytes(request: QueryRequest): number {
  const asked = Number(request.settings.get("max_query_size") ?? MAX_QUERY_BYTES);
  return Number.isSafeInteger(asked) && asked > 0 ? Math.min(asked, MAX_FORM_BYTES) : MAX_QUERY_BYTES;
}

/** Reads the URL and, where clients put them there, the form fields of a multipart body. */
async function readRequest(incoming: IncomingMessage, url: URLSearchParams, queryId: string) {
  const newQueryId = () => queryId;
  const body = readBody(incoming);
  const contentType = incoming.headers["content-type"] ?? "";
  if (!contentType.startsWith("multipart/form-data"))
    return { request: readQueryRequest(incoming, url, newQueryId), body };
  const form = await readForm(body, contentType, MAX_FORM_BYTES);
  const all = new URLSearchParams([...url, ...form]);
  return { request: readQueryRequest(incoming, all, newQueryId), body };
}

async function readStatement(request: QueryRequest, body: AsyncIterator<Buffer>) {
  const limit = maxQueryBytes(request);
  const split = await splitBody(request.query === "" ? "" : `${request.query}\n`, body, limit);
  const statement = parseStatement(split.head.toString("latin1"));
  if (statement.kind !== "insert" && split.head.length > limit) {
    throw new ClickHouseException(62, "SYNTAX_ERROR", `Syntax error: Max query size exceeded (${limit} bytes)`);
  }
  return { statement, split };
}

/** Creates the spool directory and one named pipe per concurrent query. */
export function createQueryHandler(options: QueryHandlerOptions): QueryHandler {
  const { engine } = options;
  const authenticate = createAuthentication(options.password);
  const maxTotalBytes = 4 * options.maxBodyBytes;
  const spool = createSpool({ directory: options.spoolDirectory, maxFileBytes: options.maxBodyBytes, maxTotalBytes });
  const pipes = Array.from({ length: options.maxConcurrentQueries }, (_, index) => spool.path(`${index}.pipe`));
  createNamedPipes(pipes);
  const admission: Admission<string> = createAdmission(pipes, options.maxWaitingQueries);
  const runner = createQueryRunner(engine);
  const sessions = createSessions({ open: engine.connect, close: engine.close, maxSessions: MAX_SESSIONS });

  async function admitted<R>(signal: AbortSignal, work: (pipe: string) => Promise<R>): Promise<R> {
    const pipe = await admission.acquire(signal);
    try {
      return await work(pipe);
    } finally {
      admission.release(pipe);
    }
  }

  async function perform(run: Run, statement: Statement, split: SplitBody): Promise<void> {
    switch (statement.kind) {
      case "query":
        return admitted(run.signal, (pipe) => runner.query(run, statement, pipe));
      case "command":
        return admitted(run.signal, () => runner.command(run, statement));
      case "insert": {
        const file = await spool.write(split.head.subarray(statement.dataAt), split.rest);
        const insert = () => runner.insert(run, statement, file.path);
        return runner.inserted(run, await admitted(run.signal, insert).finally(file.remove));
      }
    }
  }

  return {
    async handle(incoming, response, url) {
      const gone = new AbortController();
      response.once("close", () => gone.abort());
      let queryId = url.get("query_id") || randomUUID();
      try {
        const { request, body } = await readRequest(incoming, url, queryId);
        queryId = request.queryId;
        authenticate(request.credentials);
        const { statement, split } = await readStatement(request, body);
        const run = { incoming, response, request, head: split.head, session: undefined, signal: gone.signal };
        if (request.session === undefined) await perform(run, statement, split);
        else await sessions.use(request.session, (session) => perform({ ...run, session }, statement, split));
      } catch (error) {
        if (response.headersSent || response.destroyed) response.destroy();
        else writeException(response, parseException(error), { queryId, version: engine.version });
      }
    },
    running: admission.busy,
    close() {
      sessions.close();
      spool.close();
    },
  };
}
