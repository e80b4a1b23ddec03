import type { Bus } from "@sightline/bus/connect";
import { type DeadLetterHead, deleteDeadLetter, getDeadLetter, listDeadLetters } from "@sightline/bus/dead-letters";
import type { Redrive } from "@sightline/bus/redrive";
import { AppError, invalid } from "@sightline/errors/app-error";
import { DEFAULT_TENANT } from "@sightline/model/tenant";
import {
  type DeadLetter,
  DeadLetterServiceService,
  type ListDeadLettersRequest,
  type ListDeadLettersResponse,
} from "@sightline/proto/sightline/deadletter/v1/dead_letter_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";

export interface DeadLetterServiceOptions {
  readonly bus: Bus;
  readonly redrive: Redrive["redrive"];
  /** What callers must show: the other services know it. */
  readonly internalToken: string;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
/** One request looks at so many letters of all tenants; the next page goes on from there. */
const MAX_SCANNED = 10_000;
/** And begins no further read after so long: the last one may take five seconds more, and callers wait for ten. */
const MAX_SCAN_MS = 3000;
/** Each read of the bus is for so many. */
const SCAN_STEP = 1000;

/** Adds the service that shows what could not be stored, and sends it again. */
export function addDeadLetterService(server: GrpcServer, options: DeadLetterServiceOptions): void {
  const { bus, redrive, internalToken } = options;
  const handler = internalUnary(internalToken);
  server.addService(DeadLetterServiceService, {
    listDeadLetters: handler((request, { tenant }) => list(bus, request, (head) => isOf(head, tenant))),
    listAllDeadLetters: handler(async (request, { tenant }) => {
      assertOperators(tenant);
      return await list(bus, request, () => true);
    }),
    getDeadLetter: handler(async ({ sequence }, { tenant }) => {
      const { head, payload } = await find(bus, sequence, tenant);
      return { deadLetter: toProto(head), payload };
    }),
    redriveDeadLetter: handler(async ({ sequence, evenIfPartlyStored }, { tenant }) => {
      const { head } = await find(bus, sequence, tenant);
      if (isPartlyStored(head) && !evenIfPartlyStored) {
        throw new AppError(
          "failed_precondition",
          `cannot send the dead letter ${sequence} again: other records of its message are stored and would be twice`,
        );
      }
      const published = await redrive(head.seq, { evenIfTwice: evenIfPartlyStored });
      if (published === undefined) throw missing(sequence);
      return { sequence: BigInt(published) };
    }),
    deleteDeadLetter: handler(async ({ sequence }, { tenant }) => {
      const { head } = await find(bus, sequence, tenant);
      await deleteDeadLetter(bus, head.seq);
      return {};
    }),
  });
}

/** Those who run the system are administrators of the default tenant; the gateway lets only administrators ask. */
function assertOperators(tenant: string): void {
  if (tenant === DEFAULT_TENANT) return;
  throw new AppError(
    "permission_denied",
    `cannot list the dead letters of all tenants: got the tenant ${tenant}, want ${DEFAULT_TENANT}`,
  );
}

async function list(
  bus: Bus,
  request: ListDeadLettersRequest,
  isWanted: (head: DeadLetterHead) => boolean,
): Promise<ListDeadLettersResponse> {
  const { reason, limit } = request;
  if (limit > MAX_LIMIT) throw invalid(`cannot list the dead letters: got a limit of ${limit}, want <= ${MAX_LIMIT}`);
  const wanted = limit === 0 ? DEFAULT_LIMIT : limit;
  const deadLetters: DeadLetter[] = [];
  let startSeq = sequenceOf(request.startSequence);
  const endsAt = performance.now() + MAX_SCAN_MS;
  for (let scanned = 0; scanned < MAX_SCANNED && performance.now() < endsAt; scanned += SCAN_STEP) {
    const { heads, nextSeq } = await listDeadLetters(bus, { startSeq, maxLetters: SCAN_STEP });
    for (const head of heads) {
      if (!isWanted(head) || (reason !== "" && head.reason !== reason)) continue;
      if (deadLetters.length === wanted) return { deadLetters, nextSequence: BigInt(head.seq) };
      deadLetters.push(toProto(head));
    }
    if (nextSeq === undefined) return { deadLetters, nextSequence: 0n };
    startSeq = nextSeq;
  }
  return { deadLetters, nextSequence: BigInt(startSeq) };
}

/** A letter of the tenant; throws `not_found`, also when it is another tenant's. */
async function find(bus: Bus, sequence: bigint, tenant: string) {
  const found = await getDeadLetter(bus, sequenceOf(sequence));
  if (found === undefined || !isOf(found.head, tenant)) throw missing(sequence);
  return found;
}

function missing(sequence: bigint): AppError {
  return new AppError("not_found", `cannot find the dead letter ${sequence}`);
}

function sequenceOf(sequence: bigint): number {
  if (sequence > BigInt(Number.MAX_SAFE_INTEGER))
    throw invalid(`cannot use the sequence ${sequence}: want <= 2^53 - 1`);
  return Number(sequence);
}

/** A message that names no tenant can only be for those who run the bus to look at. */
function isOf(head: DeadLetterHead, tenant: string): boolean {
  return (head.tenant === "" ? DEFAULT_TENANT : head.tenant) === tenant;
}

/**
 * A record that storage cannot take is left out of its message, the rest is stored. A message of metrics goes to several
 * tables, of which only one may have refused it.
 */
function isPartlyStored({ reason, subject }: DeadLetterHead): boolean {
  return reason === "invalid_record" || (reason === "refused_by_database" && subject.startsWith("telemetry.metrics."));
}

function toProto(head: DeadLetterHead): DeadLetter {
  const { timeUnixNano, reason, error, subject, records, tenant, firstRecord } = head;
  return {
    sequence: BigInt(head.seq),
    timeUnixNano,
    reason,
    error,
    subject,
    subjectSequence: BigInt(head.subjectSeq),
    records,
    bytes: BigInt(head.bytes),
    partlyStored: isPartlyStored(head),
    tenant,
    firstRecord,
  };
}
