import { pause as sleep } from "@sightline/bus/connect";
import type { KvBucket } from "@sightline/bus/kv";
import { AppError, invalid, unavailable } from "@sightline/errors/app-error";
import type { Lane } from "@sightline/proto/sightline/storage/v1/maintenance_service";
import { decodeLaneState, encodeLaneState, type LaneState } from "../writer/lane-state.ts";
import { LANE_NAMES, type LaneName } from "../writer/lanes.ts";
import {
  decodePause,
  encodePause,
  PAUSE_KEY,
  PAUSE_STALE_MS,
  type PauseRequest,
  type PauseWatch,
} from "../writer/pause.ts";
import { decodeUpkeep, UPKEEP_KEY } from "./upkeep-rest.ts";

/** How the lanes are stopped together, and set to another place. All of it through the bucket that every process sees. */
export interface Maintenance {
  /** Asks for the pause, or renews it, and answers when every lane rests for it, and the chores. */
  pause(request: PauseRequest, signal: AbortSignal): Promise<Lane[]>;
  /** Ends the pause; nothing happens when it is not the one there is. */
  resume(id: string): Promise<void>;
  /** Sets lanes, and makes all be taken anew; answers the names of those set: of the streams that there are now. */
  rewind(id: string, lanes: readonly Lane[]): Promise<string[]>;
}

export interface MaintenanceOptions {
  readonly bucket: KvBucket;
  readonly watch: Pick<PauseWatch, "isOver">;
  /** How often it is looked whether the lanes rest, milliseconds. */
  readonly pollMs?: number;
}

interface Found {
  readonly name: LaneName;
  readonly state: LaneState;
}

/** Whoever has a lane writes it a few times per takeover time, and each of them makes us read it again at most once. */
const MAX_SET_ATTEMPTS = 10;

export function createMaintenance({ bucket, watch, pollMs = 200 }: MaintenanceOptions): Maintenance {
  const lanes = async (): Promise<Found[]> => {
    const all = await Promise.all(LANE_NAMES.map(async (name) => ({ name, found: await bucket.get(name) })));
    return all.flatMap(({ name, found }) =>
      found === undefined ? [] : [{ name, state: decodeLaneState(found.value) }],
    );
  };

  /** Who does chores and does not rest, if anybody. */
  const busyUpkeep = async (id: string): Promise<string[]> => {
    const found = await bucket.get(UPKEEP_KEY);
    if (found === undefined) return [];
    const { owner, paused } = decodeUpkeep(found.value);
    return owner === "" || paused === id ? [] : [`chores (${owner})`];
  };

  const ask = async (request: PauseRequest): Promise<void> => {
    const { id } = request;
    const found = await bucket.get(PAUSE_KEY);
    const other = found === undefined ? id : decodePause(found.value).id;
    // One that nobody renews any more is free to be replaced.
    if (found !== undefined && other !== id && !watch.isOver(found.revision)) throw taken(other);
    const written =
      found === undefined
        ? await bucket.create(PAUSE_KEY, encodePause(request))
        : await bucket.update(PAUSE_KEY, encodePause(request), found.revision);
    if (written.kind === "conflict") throw unavailable("cannot pause: somebody else asked at the same moment");
  };

  /** Takes a lane from whoever has it, at another place if one is wanted for its stream; whether one is. */
  const setLane = async (name: LaneName, wanted: readonly Lane[]): Promise<boolean> => {
    for (let attempt = 1; attempt <= MAX_SET_ATTEMPTS; attempt++) {
      const found = await bucket.get(name);
      if (found === undefined) return false;
      const state = decodeLaneState(found.value);
      const to = wanted.find((lane) => lane.name === name && lane.incarnation === state.incarnation);
      // What was being inserted lies behind it, and comes again in other batches.
      const place = to === undefined ? {} : { stored: Number(to.storedSequence), inserting: undefined };
      // No owner: whoever has it loses the next compare-and-set and takes it anew, with nothing in its memory of what
      // the database held before. Until then it says from time to time that it is there, perhaps just before we write.
      const written = await bucket.update(name, encodeLaneState({ ...state, ...place, owner: "" }), found.revision);
      if (written.kind === "written") return to !== undefined;
    }
    throw unavailable(`cannot set the lane ${name}: it was written at the same moment ${MAX_SET_ATTEMPTS} times`);
  };

  return {
    async pause(request, signal) {
      const { id } = request;
      if (id === "") throw invalid("cannot pause: got no id");
      await ask(request);
      let renewed = performance.now();
      for (;;) {
        const isLast = signal.aborted;
        const found = await lanes();
        const busy = [...found.flatMap((lane) => busyLane(lane, request)), ...(await busyUpkeep(id))];
        if (busy.length === 0) return found.map(toProto);
        if (isLast) throw stillBusy(busy);
        await sleep(pollMs, signal);
        // Called off: looked at once more all the same, for what is said then has to be true.
        if (!signal.aborted && performance.now() - renewed > PAUSE_STALE_MS / 4) {
          await ask(request);
          renewed = performance.now();
        }
      }
    },
    async resume(id) {
      const found = await bucket.get(PAUSE_KEY);
      if (found !== undefined && decodePause(found.value).id === id) await bucket.remove(PAUSE_KEY);
    },
    async rewind(id, wanted) {
      const asked = await bucket.get(PAUSE_KEY);
      if (asked === undefined || decodePause(asked.value).id !== id) {
        throw new AppError("failed_precondition", `cannot set the lanes: writing does not rest for ${id}`);
      }
      const set: string[] = [];
      for (const name of LANE_NAMES) if (await setLane(name, wanted)) set.push(name);
      return set;
    },
  };
}

/** Why a lane does not rest, if it does not: it does when nobody writes it, and no batch that counts is half written. */
function busyLane({ name, state }: Found, { id, atOnce }: PauseRequest): string[] {
  const { owner, inserting, paused } = state;
  if ((owner === "" || paused === id) && (inserting === undefined || atOnce)) return [];
  return [`${name} (${owner === "" ? "left half written" : owner})`];
}

function toProto({ name, state }: Found): Lane {
  return { name, incarnation: state.incarnation, storedSequence: BigInt(state.stored) };
}

function taken(by: string): AppError {
  const why = `another backup or restore is under way, or was killed less than ${PAUSE_STALE_MS / 1000} s ago`;
  return new AppError("failed_precondition", `cannot pause: writing rests for ${by} already; ${why}`, {
    retryAfterMs: PAUSE_STALE_MS,
  });
}

function stillBusy(busy: readonly string[]): AppError {
  return unavailable(`cannot pause: still being written: ${busy.join(", ")}; are all storage processes alive?`);
}
