import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Which way nothing arrives: of what the one who connects sends (`there`), of what it is answered (`back`). */
export type Cut = "none" | "there" | "back" | "both";

/**
 * A part of the network between two processes, by TCP. While it is cut what is sent waits, as packets do that are lost and sent again: connections
 * stay open and nobody is told. Who connects then waits too.
 */
export interface Link extends AsyncDisposable {
  /** On 127.0.0.1, in place of the port that it leads to. */
  readonly port: number;
  cut(way: Cut): void;
}

/** A connection on its way through. */
interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** Makes a link to a port on 127.0.0.1. */
export async function startLink(targetPort: number): Promise<Link> {
  let cut: Cut = "none";
  const waiting = new Set<Socket>();
  const pairs = new Set<Pair>();

  const flow = ({ near, far }: Pair): void => {
    if (!far.closed && (cut === "there" || cut === "both")) near.pause();
    else near.resume();
    if (!near.closed && (cut === "back" || cut === "both")) far.pause();
    else far.resume();
  };

  const open = (near: Socket): void => {
    const pair = { near, far: connect(targetPort, "127.0.0.1").setNoDelay() };
    pairs.add(pair);
    for (const [from, to] of [
      [near, pair.far],
      [pair.far, near],
    ] as const) {
      from.on("data", (chunk) => {
        if (!to.write(chunk)) from.pause();
      });
      to.on("drain", () => flow(pair));
      // The other side hears of it by its own closing.
      from.on("error", () => undefined);
      from.on("end", () => to.end());
      from.on("close", () => {
        if (to.closed) pairs.delete(pair);
        if (from.errored !== null) to.destroy();
        // What it still sends nobody takes.
        else to.end().resume();
      });
    }
    flow(pair);
  };

  const server = createServer({ pauseOnConnect: true, noDelay: true }, (near) => {
    if (cut === "none") return open(near);
    waiting.add(near);
    near.on("error", () => undefined);
    near.on("close", () => waiting.delete(near));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();

  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    cut(way) {
      cut = way;
      for (const pair of pairs) flow(pair);
      if (way !== "none") return;
      for (const near of waiting) open(near);
      waiting.clear();
    },
    async [Symbol.asyncDispose]() {
      for (const near of waiting) near.destroy();
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      server.close();
      await once(server, "close");
    },
  };
}
