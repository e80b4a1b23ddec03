import { z } from "zod";

/** A message that could not be stored, as the gateway tells of it. */
export const deadLetterForm = z.object({
  sequence: z.number(),
  time: z.string().nullable(),
  tenant: z.string(),
  reason: z.string(),
  error: z.string(),
  subject: z.string(),
  subjectSequence: z.number(),
  records: z.number(),
  firstRecord: z.number().nullable(),
  bytes: z.number(),
  partlyStored: z.boolean(),
});
export type DeadLetter = z.infer<typeof deadLetterForm>;

/** Where the gateway has them. */
export const DEAD_LETTERS_PATH = "/v1/dead-letters";

/** Stands for all tenants. */
export const ALL_TENANTS = "*";

/** Whose dead letters are meant; without it those of the key's tenant. Only who runs the system may name others. */
export interface OfTenant {
  readonly tenant?: string | undefined;
}

/** The same as parameters of a query. */
export function queryOf({ tenant }: OfTenant): Readonly<Record<string, string>> {
  return tenant === undefined ? {} : { tenant };
}

/** Where the gateway has one of them, or a part of it. */
export function letterPath(sequence: number, whose: OfTenant, part = ""): string {
  return `${DEAD_LETTERS_PATH}/${sequence}${part}?${new URLSearchParams(queryOf(whose))}`;
}

const page = z.object({ deadLetters: z.array(deadLetterForm), next: z.number().nullable() });

interface PageReader {
  get<T>(path: string, query: Readonly<Record<string, string | number>>, answer: z.ZodType<T>): Promise<T>;
}

export interface ListOptions extends OfTenant {
  /** The first sequence wanted. */
  readonly start: number;
  readonly reason: string;
  /** At most so many in all. */
  readonly limit: number;
}

const PAGE_LIMIT = 1000;

/** Dead letters, oldest first, over as many pages as it takes; and where to go on when there are more. */
export async function listDeadLetters(gateway: PageReader, { start, reason, limit, ...whose }: ListOptions) {
  const deadLetters: DeadLetter[] = [];
  let next: number | null = start;
  while (next !== null && deadLetters.length < limit) {
    const query = { ...queryOf(whose), start: next, reason, limit: Math.min(PAGE_LIMIT, limit - deadLetters.length) };
    const found: z.infer<typeof page> = await gateway.get(DEAD_LETTERS_PATH, query, page);
    deadLetters.push(...found.deadLetters);
    next = found.next;
  }
  return { deadLetters, next };
}
