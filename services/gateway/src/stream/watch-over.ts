import type { WebSocket } from "ws";

export interface WatchOptions {
  readonly intervalMs: number;
  /** Whether the viewer may still watch. Must not throw. */
  allowed(): Promise<boolean>;
}

/** RFC 6455, 7.4.1: the other side does what it may not. */
const POLICY_VIOLATION = 1008;

/** Ends a WebSocket that answered no ping for a whole interval, or whose login or key is over. */
export function watchOver(socket: WebSocket, { intervalMs, allowed }: WatchOptions): void {
  let answered = true;
  const look = async () => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
    if (!(await allowed())) socket.close(POLICY_VIOLATION, "the login or the API key is over");
  };
  const timer = setInterval(() => void look(), intervalMs);
  socket.on("pong", () => {
    answered = true;
  });
  socket.once("close", () => clearInterval(timer));
}
