import { serverErrorCode } from "@sightline/clickhouse/clickhouse-error";
import type { AppError } from "@sightline/errors/app-error";

/**
 * ClickHouse's codes (src/Common/ErrorCodes.cpp) that say that the rows are at fault: trying again never helps, leaving
 * the one message out does. Everything else is an outage, or a schema that is not ours, and waits.
 */
const DATA_ERRORS: ReadonlySet<number> = new Set([
  6, // CANNOT_PARSE_TEXT
  26, // CANNOT_PARSE_QUOTED_STRING
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  33, // CANNOT_READ_ALL_DATA
  38, // CANNOT_PARSE_DATE
  41, // CANNOT_PARSE_DATETIME
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  72, // CANNOT_PARSE_NUMBER
  117, // INCORRECT_DATA
  128, // TOO_LARGE_ARRAY_SIZE
  131, // TOO_LARGE_STRING_SIZE
  190, // SIZES_OF_ARRAYS_DONT_MATCH
  349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  376, // CANNOT_PARSE_UUID
  469, // VIOLATED_CONSTRAINT
  691, // UNKNOWN_ELEMENT_OF_ENUM
]);

const TOO_MANY_PARTS = 252;

/** Whether an insert failed because of what was inserted. */
export function isDataError(error: AppError): boolean {
  const code = serverErrorCode(error);
  if (code === undefined) return false;
  // One code for two things: a table that merges too slowly, and rows of more days than an insert may have.
  if (code === TOO_MANY_PARTS) return error.message.includes("Too many partitions for single INSERT block");
  return DATA_ERRORS.has(code);
}
