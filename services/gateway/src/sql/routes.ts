import { invalid } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Clients } from "../clients.ts";
import { documentFromBodyRoute, type Route, readRoute } from "../rest/route.ts";
import { ANSWER_FORMS, answerFormOf } from "./answer-forms.ts";
import { readAnswer } from "./read-answer.ts";

/** As long as storage lets a statement wait and take, and its answer be read. */
const DEADLINE_MS = 60_000;

const columnForm = z.object({ name: z.string(), type: z.string(), comment: z.string() });

/** SQL over HTTP. */
export function sqlRoutes(sql: Clients["sql"]): Route[] {
  return [
    documentFromBodyRoute({
      method: "post",
      path: "/v1/sql",
      operation: "querySql",
      summary: "Run a SELECT in the SQL of ClickHouse, as JSON, lines of JSON or CSV",
      tag: "sql",
      access: "query",
      query: z.strictObject({}),
      body: z.strictObject({
        query: z.string().describe("One SELECT; {name:Type} stands for a parameter"),
        parameters: z.record(z.string(), z.json()).default({}).describe("The values of the parameters"),
      }),
      contentTypes: ANSWER_FORMS.map(({ contentType }) => contentType),
      call: async ({ body, accepts, caller, signal }) => {
        const form = answerFormOf(accepts(ANSWER_FORMS.map(({ contentType }) => contentType)));
        if (form === undefined) {
          const types = ANSWER_FORMS.map(({ contentType }) => contentType).join(", ");
          throw invalid(`cannot answer: got an Accept header without what can be had, want one of ${types}`);
        }
        const parameters = Object.fromEntries(
          Object.entries(body.parameters).map(([name, value]) => [name, JSON.stringify(value)]),
        );
        const call = { tenant: caller.tenant, signal, deadlineMs: DEADLINE_MS };
        const answer = await readAnswer(sql.stream("querySql", { sql: body.query, parameters }, call));
        return { contentType: `${form.contentType}; charset=utf-8`, content: form.pieces(answer) };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/sql/tables",
      operation: "listSqlTables",
      summary: "List the tables that SQL may ask, and what is in their columns",
      tag: "sql",
      access: "query",
      query: z.strictObject({}),
      answer: z.object({
        tables: z.array(z.object({ name: z.string(), comment: z.string(), columns: z.array(columnForm) })),
      }),
      call: async ({ caller, signal }) => await sql.call("listSqlTables", {}, { tenant: caller.tenant, signal }),
    }),
  ];
}
