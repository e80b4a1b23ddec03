import type { StoredMessage } from "@sightline/bus/message";
import type { AppError } from "@sightline/errors/app-error";
import type { MessagePath } from "@sightline/otlp/message-path";
import { countRecords, type RecordRange, sliceRecords } from "@sightline/otlp/slice-records";
import type { BatchTranscoder, Block } from "./batch-transcoder.ts";
import { appendMessage, type MessagePart, type Rejected } from "./transcoding.ts";

export interface TakeApartOptions {
  /**
   * Inserts rows; answers why the database refuses them, if it does. Called for one insert at a time.
   *
   * @param range what they are the rows of, the same each time and unlike that of any other rows of the table
   */
  insert(block: Block, range: string): Promise<AppError | undefined>;
  putAside(problem: Rejected): Promise<void>;
  newTranscoder(): BatchTranscoder;
  /** Where the records of a message lie. */
  readonly path: MessagePath;
}

/** Stores the rows of a table that the database refused together, for the reason given: all but those at fault. */
export type TakeApart = (table: string, messages: readonly StoredMessage[], error: AppError) => Promise<void>;

/**
 * So many inserts of parts of messages may be refused while the rows of a table are taken apart. One record at fault
 * among 500 KB of them is alone after a dozen; where so much is at fault that this does not do, as when somebody changed
 * a column, what is refused then is put aside as it is: a part of a message, or the whole message.
 */
const MAX_REFUSALS = 200;

/** How many parts of messages were refused so far. */
interface Refusals {
  count: number;
}

/**
 * Halves what was refused until the message at fault is alone, and this one until its record is. Depends on nothing but
 * the messages and what the database answers: done again, it makes the same inserts under the same names.
 */
export function createTakeApart({ insert, putAside, newTranscoder, path }: TakeApartOptions): TakeApart {
  let spare: BatchTranscoder | undefined;

  const blockOf = (table: string, parts: readonly MessagePart[]): Block | undefined => {
    spare ??= newTranscoder();
    spare.reset();
    // Malformed ones were put aside when the batch was gathered.
    for (const part of parts) appendMessage(spare, part);
    return spare.blocks().find((block) => block.table === table);
  };

  const takeMessageApart = async (
    table: string,
    message: StoredMessage,
    error: AppError,
    refusals: Refusals,
  ): Promise<void> => {
    const all = countRecords(message.payload, path);
    const partOf = ({ from, to }: RecordRange): MessagePart => {
      if (to - from === all) return message;
      const payload = sliceRecords(message.payload, path, { from, to });
      return { ...message, payload, records: to - from, firstRecord: from };
    };
    const take = async (records: RecordRange, why: AppError): Promise<void> => {
      const halves = refusals.count < MAX_REFUSALS ? halvesOf(records) : [];
      if (halves.length === 0) {
        return await putAside({ message: partOf(records), reason: "refused_by_database", error: why });
      }
      for (const half of halves) {
        const block = blockOf(table, [partOf(half)]);
        const refusal = block && (await insert(block, `${message.seq}/${half.from}-${half.to}`));
        if (refusal === undefined) continue;
        refusals.count += 1;
        await take(half, refusal);
      }
    };
    await take({ from: 0, to: all }, error);
  };

  const takeMessagesApart = async (
    table: string,
    messages: readonly StoredMessage[],
    error: AppError,
    refusals: Refusals,
  ): Promise<void> => {
    const [message] = messages;
    if (messages.length === 1 && message !== undefined) return await takeMessageApart(table, message, error, refusals);
    const middle = Math.ceil(messages.length / 2);
    for (const half of [messages.slice(0, middle), messages.slice(middle)]) {
      const block = blockOf(table, half);
      const refusal = block && (await insert(block, `${half[0]?.seq}-${half.at(-1)?.seq}`));
      if (refusal !== undefined) await takeMessagesApart(table, half, refusal, refusals);
    }
  };

  return (table, messages, error) => takeMessagesApart(table, messages, error, { count: 0 });
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
