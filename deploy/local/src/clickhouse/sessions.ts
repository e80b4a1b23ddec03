import { ClickHouseException } from "./exceptions.ts";

/** What a request says of the session it wants. */
export interface SessionRequest {
  readonly id: string;
  /** How long the session outlives its last request. */
  readonly timeoutSeconds: number;
  /** Refuse to begin a new session. */
  readonly mustExist: boolean;
}

export interface SessionsOptions<T> {
  readonly open: () => T;
  readonly close: (connection: T) => void;
  /** How many sessions there may be at once. */
  readonly maxSessions: number;
}

/** HTTP sessions: a connection that keeps temporary tables and SETs from one request to the next. */
export interface Sessions<T> {
  /** Runs `work` with the session's connection. Rejects with ClickHouseException when another request is using it. */
  use(request: SessionRequest, work: (connection: T) => Promise<void>): Promise<void>;
  /** Ends those that no request is using. */
  close(): void;
}

interface Session<T> {
  readonly connection: T;
  busy: boolean;
  expiry: NodeJS.Timeout | undefined;
}

export const maxSessionTimeoutSeconds = 3600;

export function createSessions<T>(options: SessionsOptions<T>): Sessions<T> {
  const sessions = new Map<string, Session<T>>();

  function end(id: string, session: Session<T>): void {
    clearTimeout(session.expiry);
    sessions.delete(id);
    options.close(session.connection);
  }

  function find(request: SessionRequest): Session<T> {
    const known = sessions.get(request.id);
    if (known?.busy) throw new ClickHouseException(373, "SESSION_IS_LOCKED", `Session ${request.id} is locked`);
    if (known !== undefined) return known;
    if (request.mustExist) throw new ClickHouseException(372, "SESSION_NOT_FOUND", "Session not found");
    if (sessions.size >= options.maxSessions) {
      const message = `There are ${options.maxSessions} sessions already`;
      throw new ClickHouseException(700, "USER_SESSION_LIMIT_EXCEEDED", message);
    }
    const session = { connection: options.open(), busy: false, expiry: undefined };
    sessions.set(request.id, session);
    return session;
  }

  return {
    async use(request, work) {
      const session = find(request);
      clearTimeout(session.expiry);
      session.busy = true;
      try {
        await work(session.connection);
      } finally {
        session.busy = false;
        session.expiry = setTimeout(() => end(request.id, session), request.timeoutSeconds * 1000).unref();
      }
    },
    close() {
      for (const [id, session] of sessions) if (!session.busy) end(id, session);
    },
  };
}
