import type { StoredMessage } from "@sightline/bus/message";
import type { AppError } from "@sightline/errors/app-error";
import type { MessagePath } from "@sightline/otlp/message-path";
import { countRecords, type RecordRange, sliceRecords } from "@sightline/otlp/slice-records";
import { type BatchPart, contains, isBefore, nameOf } from "./batch-part.ts";
import type { BatchTranscoder, Block } from "./batch-transcoder.ts";
import { appendMessage, type MessagePart, type Rejected } from "./transcoding.ts";

/** Rows of a table that the database refused. */
export interface Refused {
  readonly table: string;
  /** What they are the rows of. */
  readonly part: BatchPart;
  /** How many parts of messages of the table's batch were refused so far. */
  readonly count: number;
  readonly error: AppError;
}

export interface TakeApartOptions {
  /**
   * Inserts rows; answers why the database refuses them, if it does. Called for one insert at a time.
   *
   * @param range what they are the rows of, the same each time and unlike that of any other rows of the table
   */
  insert(block: Block, range: string): Promise<AppError | undefined>;
  /** Records what was refused last, before anything is done about it. */
  record(refused: Refused): Promise<void>;
  putAside(problem: Rejected): Promise<void>;
  newTranscoder(): BatchTranscoder;
  /** Where the records of a message lie. */
  readonly path: MessagePath;
}

/**
 * Stores the rows of a table that the database refused together: all but those at fault.
 *
 * @param messages those of the batch
 * @param last what was refused last: the whole batch, or what was recorded of it before a crash
 */
export type TakeApart = (messages: readonly StoredMessage[], last: Refused) => Promise<void>;

/**
 * So many inserts of parts of messages may be refused while the rows of a table are taken apart. One record at fault
 * among 500 KB of them is alone after a dozen; where so much is at fault that this does not do, as when somebody changed
 * a column, what is refused then is put aside as it is: a part of a message, or the whole message.
 */
const MAX_REFUSALS = 200;

/**
 * Halves what was refused until the message at fault is alone, and this one until its record is. The parts are tried one
 * after the other, and what they are depends on nothing but the messages: so from what was refused last it is known what
 * was refused before it, namely what it is a part of, and that all in front of it is stored or put aside. Going on from
 * there makes the same inserts under the same names, even where the database has been mended meanwhile.
 */
export function createTakeApart({ insert, record, putAside, newTranscoder, path }: TakeApartOptions): TakeApart {
  let spare: BatchTranscoder | undefined;

  const blockOf = (table: string, parts: readonly MessagePart[]): Block | undefined => {
    spare ??= newTranscoder();
    spare.reset();
    // Malformed ones were put aside when the batch was gathered.
    for (const part of parts) appendMessage(spare, part);
    return spare.blocks().find((block) => block.table === table);
  };

  return async (messages, last) => {
    const { table } = last;
    let { count } = last;

    /** Answers why the rows of a part are refused, if they are. */
    const refusalOf = async (part: BatchPart, rowsOf: () => readonly MessagePart[]): Promise<AppError | undefined> => {
      if (isBefore(part, last.part)) return undefined;
      if (contains(part, last.part)) return last.error;
      const block = blockOf(table, rowsOf());
      const error = block && (await insert(block, nameOf(part)));
      if (error === undefined) return undefined;
      if (part.records !== undefined) count += 1;
      await record({ table, part, count, error });
      return error;
    };

    const takeRecords = async (message: StoredMessage, records: RecordRange, error: AppError): Promise<void> => {
      const halves = count < MAX_REFUSALS ? halvesOf(records) : [];
      if (halves.length === 0) {
        return await putAside({ message: sliced(message, records, path), reason: "refused_by_database", error });
      }
      for (const half of halves) {
        const part = { first: message.seq, last: message.seq, records: half };
        const refusal = await refusalOf(part, () => [sliced(message, half, path)]);
        if (refusal !== undefined) await takeRecords(message, half, refusal);
      }
    };

    const takeMessages = async (some: readonly StoredMessage[], error: AppError): Promise<void> => {
      const [message] = some;
      if (some.length === 1 && message !== undefined) {
        return await takeRecords(message, { from: 0, to: countRecords(message.payload, path) }, error);
      }
      const middle = Math.ceil(some.length / 2);
      for (const half of [some.slice(0, middle), some.slice(middle)]) {
        const part = { first: half[0]?.seq ?? 0, last: half.at(-1)?.seq ?? 0 };
        const refusal = await refusalOf(part, () => half);
        if (refusal !== undefined) await takeMessages(half, refusal);
      }
    };

    await takeMessages(messages, last.error);
  };
}

function sliced(message: StoredMessage, { from, to }: RecordRange, path: MessagePath): MessagePart {
  if (to - from === countRecords(message.payload, path)) return message;
  return {
    ...message,
    payload: sliceRecords(message.payload, path, { from, to }),
    records: to - from,
    firstRecord: from,
  };
}

/** None of a single record. */
function halvesOf({ from, to }: RecordRange): RecordRange[] {
  if (to - from < 2) return [];
  const middle = Math.ceil((from + to) / 2);
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}
