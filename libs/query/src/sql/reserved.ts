/** The words that begin a part of a statement: whoever means a column of that name puts it in quotes. */
const STRUCTURE =
  "ALL ANTI ANY APPLY ARRAY ASOF CROSS EXCEPT FETCH FINAL FORMAT FROM FULL GLOBAL GROUP HAVING IN INNER " +
  "INTERSECT INTO JOIN LEFT LIMIT LOCAL MATERIALIZED NATURAL OFFSET ON ORDER OUTER PARALLEL PASTE PREWHERE " +
  "QUALIFY RECURSIVE RIGHT SAMPLE SELECT SEMI SETTINGS STREAM UNION USING VALUES WHERE WINDOW WITH";

/** The words that mean something inside of an expression or a clause, and are written as they are. */
const EXPRESSION =
  "AND OR NOT XOR MOD DIV AS BETWEEN LIKE ILIKE REGEXP RLIKE IS NULL TRUE FALSE INF NAN CASE WHEN THEN ELSE END INTERVAL EXISTS " +
  "DISTINCT OVER PARTITION BY ROWS RANGE GROUPS UNBOUNDED PRECEDING FOLLOWING CURRENT ROW ASC DESC ASCENDING DESCENDING NULLS " +
  "FIRST LAST COLLATE ESCAPE FILTER FILL TO STEP STALENESS INTERPOLATE TOTALS ROLLUP CUBE TIES ONLY NEXT GROUPING SETS REPLACE " +
  "COLUMNS DATE TIMESTAMP NANOSECOND MICROSECOND MILLISECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR";

/** The types that a value may be cast to. */
const TYPES =
  "ARRAY MAP TUPLE NULLABLE LOWCARDINALITY STRING FIXEDSTRING BOOL BOOLEAN UUID IPV4 IPV6 JSON DYNAMIC VARIANT DATE DATE32 TIME TIME64 " +
  "DATETIME DATETIME32 DATETIME64 DECIMAL DECIMAL32 DECIMAL64 DECIMAL128 DECIMAL256 ENUM ENUM8 ENUM16 FLOAT32 FLOAT64 " +
  "INT8 INT16 INT32 INT64 INT128 INT256 UINT8 UINT16 UINT32 UINT64 UINT128 UINT256";

const structure: ReadonlySet<string> = new Set(STRUCTURE.split(" "));
const expression: ReadonlySet<string> = new Set(EXPRESSION.split(" "));
const types: ReadonlySet<string> = new Set(TYPES.split(" "));

/** Whether the word, in upper case, begins a part of a statement. */
export function isStructure(word: string): boolean {
  return structure.has(word);
}

/** Whether the word, in upper case, belongs to the language of expressions. */
export function isExpressionWord(word: string): boolean {
  return expression.has(word);
}

/** Whether the word, in upper case, is a type. */
export function isType(word: string): boolean {
  return types.has(word);
}
