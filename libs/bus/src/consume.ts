import { AckPolicy, type Consumer, DeliverPolicy, type JsMsg, ReplayPolicy } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { AppError } from "@sightline/errors/app-error";
import { apiErrorCode } from "./bus-error.ts";
import { type Bus, pause } from "./connect.ts";
import { fetchAhead } from "./fetch-ahead.ts";
import { readMessage, type StoredMessage } from "./message.ts";
import { type Service, STREAMS, SUBJECTS, type SubjectKey } from "./subjects.ts";

/** A message of a durable consumer. It is acknowledged when the handler returns, unless the handler decided itself. */
export interface BusMessage extends StoredMessage {
  /** 1 the first time. */
  readonly deliveryCount: number;
  ack(): void;
  /** Ask for it again after this time. */
  nak(delayMs: number): void;
  /** Never deliver it again. */
  term(reason: string): void;
  /** Still at it: starts the acknowledgement time anew. Sent by itself at a third of that time, also while it waits. */
  working(): void;
}

export interface ConsumeOptions {
  readonly subjects: readonly SubjectKey[];
  /** Which service reads; the table must name it as a durable consumer of every subject. */
  readonly as: Service;
  /** Names the place in the stream. Replicas with the same name share the messages. */
  readonly durable: string;
  /** Messages delivered and not acknowledged, per subject; at most 100, beyond which the server slows down. */
  readonly maxAckPending?: number;
  /** Bytes fetched ahead at a time, per subject. Default 8 MiB. */
  readonly maxBytes?: number;
  /** Redelivered when neither acknowledged nor worked on for this long. Default 30 s. */
  readonly ackWaitMs?: number;
  /** A message whose handling failed this often for a reason that a retry will not mend is given up. Default 5. */
  readonly maxDeliver?: number;
  /** Where a new durable starts. Default `all`: at the oldest message that is left. */
  readonly from?: "all" | "new";
  /**
   * Messages of a subject that are handled at the same time; they are begun in their order. Default: one, so that each begins when the one
   * before is done.
   */
  readonly maxConcurrent?: number;
  readonly signal: AbortSignal;
  /** Throwing asks for redelivery with growing delay. */
  onMessage(message: BusMessage): Promise<void>;
  /** Told of every message given up, with the last error. Default: a log line. */
  onGiveUp?(message: BusMessage, error: AppError): void | Promise<void>;
}

const ACK_WAIT_MS = 30_000;

export interface Consumption {
  /** Stops fetching and waits for what is being handled. Idempotent. */
  close(): Promise<void>;
  /** Messages not yet delivered, as of the latest delivery. */
  pending(): number;
}

/**
 * Reads subjects of the table as durable pull consumers, one per subject (a filter of several needs nats-server 2.10).
 * Survives outages and a deleted consumer; only a wrong declaration throws.
 */
export async function consume(bus: Bus, options: ConsumeOptions): Promise<Consumption> {
  for (const key of options.subjects) assertDurable(key, options.as);
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  options.signal.addEventListener("abort", onAbort, { once: true });
  if (options.signal.aborted) stop.abort();
  const pending = new Map<SubjectKey, number>();
  const loops = options.subjects.map((key) =>
    consumeSubject(bus, key, { ...options, signal: stop.signal, onPending: (count) => pending.set(key, count) }),
  );
  return {
    close: async () => {
      options.signal.removeEventListener("abort", onAbort);
      stop.abort();
      await Promise.all(loops);
    },
    pending: () => [...pending.values()].reduce((sum, count) => sum + count, 0),
  };
}

function assertDurable(key: SubjectKey, as: Service): void {
  const consumers: Partial<Readonly<Record<Service, string>>> = SUBJECTS[key].consumers;
  if (consumers[as] === "durable") return;
  throw new AppError("internal", `cannot consume ${key} as ${as}: the table does not name it as a durable consumer`);
}

interface SubjectOptions extends ConsumeOptions {
  onPending(count: number): void;
}

async function consumeSubject(bus: Bus, key: SubjectKey, options: SubjectOptions): Promise<void> {
  const { signal } = options;
  while (!signal.aborted) {
    try {
      const consumer = await durableConsumer(bus, key, options);
      await drainConsumer(bus, consumer, options);
    } catch (thrown) {
      if (signal.aborted || bus.nats.isClosed()) return;
      const { message } = AppError.from(thrown);
      bus.log.warn({ subject: key, durable: options.durable, error: message }, "consumer interrupted");
    }
    await pause(1000, signal);
  }
}

async function durableConsumer(bus: Bus, key: SubjectKey, options: ConsumeOptions): Promise<Consumer> {
  const spec = SUBJECTS[key];
  const stream = STREAMS[spec.stream].name;
  const name = `${options.durable}-${key}`;
  const config = {
    ack_wait: nanos(options.ackWaitMs ?? ACK_WAIT_MS),
    max_ack_pending: Math.min(options.maxAckPending ?? 100, 100),
    filter_subject: spec.subject,
  };
  try {
    await bus.manager.consumers.info(stream, name);
    await bus.manager.consumers.update(stream, name, config);
  } catch (thrown) {
    if (apiErrorCode(thrown) !== 10014) throw thrown;
    await bus.manager.consumers.add(stream, {
      ...config,
      durable_name: name,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: options.from === "new" ? DeliverPolicy.New : DeliverPolicy.All,
      replay_policy: ReplayPolicy.Instant,
      // Giving up is ours to decide and to count; the server would only fall silent.
      max_deliver: -1,
    });
  }
  return bus.jetstream.consumers.get(stream, name);
}

async function drainConsumer(bus: Bus, consumer: Consumer, options: SubjectOptions): Promise<void> {
  const { signal, ackWaitMs = ACK_WAIT_MS, maxConcurrent = 1 } = options;
  const maxBytes = Math.max(options.maxBytes ?? 8 << 20, 2 * (bus.nats.info?.max_payload ?? 1 << 20));
  const ahead = fetchAhead(consumer, { maxBytes, ackWaitMs, signal });
  let handling = 0;
  let failure: { readonly thrown: unknown } | undefined;
  let ended = Promise.withResolvers<void>();
  const begin = async (raw: JsMsg): Promise<void> => {
    handling += 1;
    try {
      await handle(bus, raw, options);
    } catch (thrown) {
      failure ??= { thrown };
    } finally {
      handling -= 1;
      ahead.done(raw);
      ended.resolve();
      ended = Promise.withResolvers();
    }
  };
  try {
    for (let raw = await ahead.next(); raw !== undefined; raw = await ahead.next()) {
      options.onPending(raw.info.pending);
      void begin(raw);
      while (handling >= maxConcurrent) await ended.promise;
      if (failure !== undefined) throw failure.thrown;
    }
  } finally {
    while (handling > 0) await ended.promise;
    await ahead.close();
  }
}

async function handle(bus: Bus, raw: JsMsg, options: ConsumeOptions): Promise<void> {
  let decided = false;
  const decide = (act: () => void) => () => {
    if (decided) return;
    decided = true;
    act();
  };
  const message: BusMessage = {
    ...readMessage({
      subject: raw.subject,
      data: raw.data,
      seq: raw.seq,
      headers: raw.headers,
      storedUnixNano: raw.timestampNanos,
    }),
    deliveryCount: raw.info.deliveryCount,
    ack: decide(() => raw.ack()),
    nak: (delayMs) => decide(() => raw.nak(delayMs))(),
    term: (reason) => decide(() => raw.term(reason))(),
    working: () => raw.working(),
  };
  try {
    if (message.tenant === "") throw new AppError("data_loss", "cannot read the message: its tenant header is missing");
    await options.onMessage(message);
    message.ack();
  } catch (thrown) {
    await failed(bus, message, AppError.from(thrown), options);
  }
}

/** Retries what a retry may mend for ever, the rest a few times, and then gives the message up loudly. */
async function failed(bus: Bus, message: BusMessage, error: AppError, options: ConsumeOptions): Promise<void> {
  const fields = { subject: message.subject, seq: message.seq, delivery: message.deliveryCount, error: error.message };
  if (error.code === "cancelled") return message.nak(0);
  if (error.retryable || message.deliveryCount < (options.maxDeliver ?? 5)) {
    const delayMs = Math.min(1000 * 2 ** (message.deliveryCount - 1), 60_000);
    bus.log.warn({ ...fields, delayMs }, "message failed, will be delivered again");
    return message.nak(error.retryAfterMs ?? delayMs);
  }
  try {
    await options.onGiveUp?.(message, error);
    bus.log.error(fields, "message given up");
    message.term(error.message);
  } catch (thrown) {
    bus.log.error({ ...fields, error: AppError.from(thrown).message }, "message could not be given up");
    message.nak(30_000);
  }
}
