import { WebSocket } from "ws";

/** Takes what a subscription lets through. */
export interface Viewer {
  send(message: object): void;
}

export interface ViewerOptions {
  /** The subscription's id, in what the viewer is told. */
  readonly id: string;
  /** With more than this waiting to be sent, messages are dropped. */
  readonly maxBufferedBytes: number;
  /** Counts messages that the viewer missed. */
  dropped(count: number): void;
}

/** One subscription of a WebSocket. A slow one misses messages, and is told how many as soon as it has caught up. */
export function createViewer(socket: WebSocket, { id, maxBufferedBytes, dropped }: ViewerOptions): Viewer {
  let missed = 0;
  const tellMissed = () => {
    if (missed === 0 || socket.readyState !== WebSocket.OPEN || socket.bufferedAmount > maxBufferedBytes) return;
    const notice = JSON.stringify({ id, dropped: missed });
    missed = 0;
    socket.send(notice);
  };
  return {
    send: (message) => {
      if (socket.bufferedAmount > maxBufferedBytes) {
        missed += 1;
        dropped(1);
        return;
      }
      tellMissed();
      // Once more when this one is out: after it there may be nothing to send for long.
      socket.send(JSON.stringify(message), tellMissed);
    },
  };
}
