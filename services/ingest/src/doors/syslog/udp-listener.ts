import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { listenError } from "@sightline/service/listening";
import { createSources } from "./sources.ts";
import type { ListenerOptions, OpenPort } from "./tcp-listener.ts";

/** What the kernel keeps while we are busy; it gives less where the machine says so (net.core.rmem_max). */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** What a message takes besides its bytes: a queue of short ones is bounded as well. */
const OVERHEAD_BYTES = 256;

/** Messages that are given to the bus together. */
const BATCH_BYTES = 1024 * 1024;

/**
 * Listens to syslog over UDP (RFC 5426): a datagram is a message. While earlier ones are on their way to the bus the
 * others wait; beyond `maxQueuedBytes` they are dropped, since nobody can be told to wait.
 */
export async function listenUdp({ listener, host, delivery, watch }: ListenerOptions): Promise<OpenPort> {
  const isAllowed = createSources(listener.allowFrom);
  const socket = createSocket({ type: isIPv6(host) ? "udp6" : "udp4" });
  let queue: Buffer[] = [];
  let queuedBytes = 0;
  let sending: Promise<void> | undefined;

  const sendAll = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = takeBatch(queue);
      queue = queue.slice(batch.messages.length);
      await delivery.deliver(batch.messages);
      queuedBytes -= batch.bytes;
    }
    sending = undefined;
  };
  socket.on("message", (message, { address }) => {
    if (!isAllowed(address)) delivery.dropped("not_allowed", 1);
    else if (message.length > listener.maxMessageBytes) delivery.dropped("too_long", 1);
    else if (message.length === 0) return;
    else if (queuedBytes + costOf(message) > listener.maxQueuedBytes) delivery.dropped("queue_full", 1);
    else {
      queue.push(message);
      queuedBytes += costOf(message);
      sending ??= sendAll();
    }
  });
  const { promise: bound, resolve, reject } = Promise.withResolvers<void>();
  socket.once("error", reject);
  socket.bind(listener.port, host, resolve);
  await bound.catch((cause: unknown) => {
    throw listenError(cause, `${host}:${listener.port}`, "syslog");
  });
  socket.off("error", reject);
  socket.on("error", watch.failed);
  socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  return {
    port: socket.address().port,
    close: async () => {
      await new Promise<void>((resolve) => socket.close(resolve));
      await sending;
    },
  };
}

function costOf(message: Buffer): number {
  return message.length + OVERHEAD_BYTES;
}

function takeBatch(queue: readonly Buffer[]): { messages: readonly Buffer[]; bytes: number } {
  let bytes = 0;
  let count = 0;
  for (const message of queue) {
    if (count > 0 && bytes + costOf(message) > BATCH_BYTES) break;
    bytes += costOf(message);
    count += 1;
  }
  return { messages: queue.slice(0, count), bytes };
}
