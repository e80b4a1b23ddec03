import { isForTests, isTypeScript, type Rule } from "../rule.ts";

/** Names a table or makes one; `SELECT 1` and advisory locks are calls rather than queries. */
const statement =
  /^\s*(SELECT\s.*\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|WITH\s+\S+\s+AS\s|(CREATE|ALTER|DROP)\s+(TABLE|DATABASE|INDEX|VIEW|MATERIALIZED|TYPE|ROLE|USER)\s)/s;

// The embedded ClickHouse speaks SQL to its engine; ClickHouse's client puts names where no parameter can stand.
const mayHold = /^(deploy\/local\/|libs\/clickhouse\/src\/client\.ts$)/;

export const sql: Rule = {
  name: "SQL is in .sql files",
  advice: "put the statement into a file of its own beside this one and read it once",
  applies: (path) => isTypeScript(path) && !mayHold.test(path) && !isForTests(path),
  check: (file) =>
    file.nodes
      .filter((node) => {
        const text =
          node.type === "StringLiteral"
            ? node.fields["value"]
            : node.type === "TemplateElement"
              ? node.fields["raw"]
              : "";
        return typeof text === "string" && statement.test(text);
      })
      .map(file.lineOf),
};
