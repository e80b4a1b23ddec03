import { randomUUID } from "node:crypto";
import { hashApiKey, isApiKey } from "@sightline/auth/api-key";
import { AppError, invalid, unavailable } from "@sightline/errors/app-error";
import { createBudget } from "@sightline/gotemplate/budget";
import type { Clock } from "@sightline/model/time";
import {
  beginDelivery,
  endDelivery,
  type FoundSource,
  findSource,
  noteRequest,
  type SourceKey,
  type SourceStore,
} from "@sightline/postgres/inbound-sources";
import type { Metrics } from "../metrics.ts";
import { type Bounded, bounded } from "./bounded.ts";
import { type Delivered, type Destination, deliver } from "./deliver.ts";
import type { InboundKind, InboundRequest } from "./kind.ts";
import { inboundKindOf } from "./kinds.ts";
import { parsePayload } from "./payload.ts";
import { problemsOf } from "./read-with.ts";
import { type Settings, settings as settingsSchema } from "./settings.ts";
import { createSourceRate, SOURCE_RATES } from "./source-rate.ts";

export interface InboundContext extends Destination, SourceStore {
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, "inboundAlerts" | "inboundEvents" | "inboundDropped">;
}

/** A source that was found by the token of its address. */
export interface OpenSource extends Omit<FoundSource, "settings" | "secret"> {
  /** "" for none. */
  readonly secret: string;
  readonly speaks: InboundKind;
  readonly settings: Settings;
}

/** What was made of a request. */
export interface Receipt extends Delivered {
  /** It came before: nothing was done again. */
  readonly duplicate: boolean;
}

/** Takes requests of sources. Each step throws AppError in words that the sender may see. */
export interface Receive {
  /**
   * Before anything of the body is read. Throws not_found for an address of no source, resource_exhausted for one that sends too much, and
   * unavailable where nobody can be believed, since the key of its secret is missing.
   */
  open(kind: string, token: string): Promise<OpenSource>;
  /** Resolves when what the request means is kept: the sender may forget it. Throws resource_exhausted where it means too much at once. */
  take(source: OpenSource, request: InboundRequest, signal: AbortSignal): Promise<Receipt>;
}

/** What the templates of one request may do: some 0.2 s. */
const TEMPLATE_UNITS = 40_000_000;
const MAX_DELIVERY_ID = 256;
const MAX_PROBLEM = 1000;
const SEALED = "the key is missing with which the source's secret is sealed; put the secret again where it is lost";

export function createReceive(context: InboundContext): Receive {
  const { sql, seal, clock, metrics } = context;
  const now = () => performance.now();
  const countRequest = createSourceRate(now, SOURCE_RATES.requests);
  const countRecords = createSourceRate(now, SOURCE_RATES.records);
  const note = (source: SourceKey, problem: string) =>
    noteRequest(sql, source, { at: new Date(clock()), problem: storable(problem.slice(0, MAX_PROBLEM)) });

  /** What came before is left out; what was begun before is done as of then. */
  async function pass(source: OpenSource, told: Bounded, signal: AbortSignal): Promise<Receipt> {
    const { tenant, sourceId, name, settings } = source;
    const deliveryId = storable(told.deliveryId ?? "");
    const hasId = deliveryId !== "" && deliveryId.length <= MAX_DELIVERY_ID;
    const alertsLastMs = settings.alertsLastSeconds * 1000;
    const passOn = (receivedAt: Date) =>
      deliver(told, { tenant, sourceId, name, receivedMs: receivedAt.getTime(), alertsLastMs, signal }, context);
    const receivedAt = new Date(clock());
    if (!hasId) return { duplicate: false, ...(await passOn(receivedAt)) };
    const claim = { deliveryId, claimId: randomUUID() };
    const known = await beginDelivery(sql, source, { ...claim, receivedAt });
    if (known.isDone) return { duplicate: true, alerts: 0, events: 0, dropped: [] };
    // Nobody knows yet whether that comes to an end.
    if (!known.isOurs) throw unavailable("cannot take the delivery: it came twice, and is being taken at this moment");
    let doneAt: Date | undefined;
    try {
      const delivered = await passOn(known.receivedAt);
      // What is refused may come again when whatever was wrong is mended, such as the mapping.
      if (!isRefused(delivered)) doneAt = new Date(clock());
      return { duplicate: false, ...delivered };
    } finally {
      await endDelivery(sql, source, { ...claim, doneAt });
    }
  }

  function count(kind: string, { alerts, events, dropped }: Receipt): void {
    metrics.inboundAlerts.inc({ kind }, alerts);
    metrics.inboundEvents.inc({ kind }, events);
    for (const { reason, count: some = 1 } of dropped) metrics.inboundDropped.inc({ kind, reason }, some);
  }

  async function notUnderstood(source: OpenSource, thrown: unknown): Promise<never> {
    const error = AppError.from(thrown);
    if (error.code === "invalid_argument") {
      metrics.inboundDropped.inc({ kind: source.kind, reason: "malformed" });
      await note(source, error.message);
    }
    throw error;
  }

  return {
    async open(kind, token) {
      const found = isApiKey(token) ? await findSource({ sql, seal }, hashApiKey(token)) : undefined;
      const speaks = found === undefined ? undefined : inboundKindOf(found.kind);
      if (found === undefined || speaks === undefined || found.kind !== kind) {
        throw new AppError("not_found", "cannot find the source: there is none of that kind and address");
      }
      countRequest(found.sourceId);
      const { secret } = found;
      if (secret === undefined) {
        await note(found, SEALED);
        throw unavailable(`cannot check who sends: ${SEALED}`);
      }
      return { ...found, secret, speaks, settings: readSettings(found.settings) };
    },

    async take(source, request, signal) {
      const { kind } = source;
      const wrong = problemOfSignature(source, request, clock());
      // Nobody else gets to say what is wrong with this source.
      if (wrong !== undefined) throw new AppError("unauthenticated", `cannot believe the request: ${wrong}`);
      const told = await Promise.try(() => tellOf(source, request, clock())).catch((thrown: unknown) =>
        notUnderstood(source, thrown),
      );
      countRecords(source.sourceId, told.alerts.length + told.events.length);
      const receipt = await pass(source, told, signal).catch((thrown: unknown) => notUnderstood(source, thrown));
      // Of one that comes again there is nothing new to say.
      if (receipt.duplicate) return receipt;
      count(kind, receipt);
      const problem = problemOf(receipt);
      await note(source, problem);
      if (isRefused(receipt)) throw invalid(`cannot take any of it: ${problem}`);
      return receipt;
    },
  };
}

function problemOfSignature({ speaks, secret }: OpenSource, request: InboundRequest, nowMs: number) {
  if (secret !== "") return speaks.verify(request, secret, nowMs);
  return speaks.isAlwaysSigned === true ? "the source has no secret" : undefined;
}

/** They were right when they were put; what is no more is not the sender's fault. */
function readSettings(kept: unknown): Settings {
  const read = settingsSchema.safeParse(kept);
  if (read.success) return read.data;
  throw unavailable(`cannot use the source's settings, put them again: ${problemsOf(read.error)}`);
}

/** What a request of a source means, within the limits. Throws invalid_argument. */
export function tellOf(
  { speaks, name, settings }: Pick<OpenSource, "speaks" | "name" | "settings">,
  request: InboundRequest,
  nowMs: number,
): Bounded {
  const delivery = { header: request.header, payload: parsePayload(request) };
  const told = speaks.tell(delivery, { settings, budget: createBudget(TEMPLATE_UNITS), nowMs });
  return bounded(told, { name, labels: settings.labels });
}

/** Where all was wrong it is the sender's error; what means nothing here is none. */
function isRefused(delivered: Delivered): boolean {
  return delivered.alerts + delivered.events === 0 && problemOf(delivered) !== "";
}

function problemOf({ dropped }: Delivered): string {
  return dropped
    .filter(({ reason }) => reason !== "not_known" && reason !== "our_own")
    .slice(0, 10)
    .map(({ reason, what }) => `${reason}: ${what}`)
    .join("\n");
}

/** As Postgres can keep it. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "\uFFFD");
}
