import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import type { Escalation } from "./escalation.ts";
import type { StoryLine } from "./story.ts";

const readSql = readFileSync(new URL("./sql/read-story.sql", import.meta.url), "utf8");

const USER = "user:";

const storyRow = z
  .object({
    decided_at: z.date(),
    reason: z.string(),
    detail: z.string(),
    receiver: z.string(),
    integration: z.string(),
    ids: z.array(z.string()),
    due_at: z.date().nullable(),
  })
  .transform(({ decided_at, due_at, ids, ...row }): StoryLine => {
    const users = ids.filter((id) => id.startsWith(USER)).map((id) => id.slice(USER.length));
    return { ...row, atMs: decided_at.getTime(), users, ...(due_at !== null && { dueAtMs: due_at.getTime() }) };
  });

/** What was decided and done about an escalation, oldest first, as long as decisions are kept. */
export function readStory(sql: Sql, { tenant, escalationId }: Escalation, limit: number): Promise<StoryLine[]> {
  return sql.query(readSql, [tenant, escalationId, limit], storyRow);
}
