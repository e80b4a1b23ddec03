import type { ProcessEnd } from "./process.ts";

/** A server of the local stack, listening on the loopback interface. */
export interface Server {
  /** With credentials, as the service's config wants it. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the server has ended, however that came about. */
  readonly ended: Promise<ProcessEnd>;
  /** Ends it cleanly; its data stays. */
  stop(): Promise<void>;
  /** Ends it as a power cut would; its data stays. */
  kill(): Promise<void>;
}

/** What every server is started with. */
export interface ServerOptions {
  /** Its data directory; made if missing. A second start with the same directory finds the data of the first. */
  readonly dir: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: a random one. There is never none. */
  readonly password?: string;
  /** The interface it listens on. Default 127.0.0.1. */
  readonly host?: string;
  /** Gets every line the server prints. */
  readonly onLine?: (line: string) => void;
}
