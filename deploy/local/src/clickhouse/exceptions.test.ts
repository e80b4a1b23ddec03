import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClickHouseException, formatException, httpStatus, parseException } from "./exceptions.ts";

describe("the engine's messages", () => {
  const cases: { name: string; text: string; code: number; type: string; message: string }[] = [
    {
      name: "plain",
      text: "Code: 81. DB::Exception: Database nope does not exist. (UNKNOWN_DATABASE)",
      code: 81,
      type: "UNKNOWN_DATABASE",
      message: "Database nope does not exist",
    },
    {
      name: "wrapped in itself",
      text: "Code: 73. DB::Exception: Code: 73. DB::Exception: Unknown format X. (UNKNOWN_FORMAT) (version 26.7.2.1). (UNKNOWN_FORMAT)",
      code: 73,
      type: "UNKNOWN_FORMAT",
      message: "Unknown format X",
    },
    {
      name: "about the file that stands for the body",
      text: "Code: 27. DB::Exception: Code: 27. DB::Exception: Cannot parse input: (at row 2)\n: (in file/uri /dev/shm/a/1.data): While executing ParallelParsingBlockInputFormat: While executing File: data for INSERT was parsed from file. (CANNOT_PARSE_INPUT_ASSERTION_FAILED) (version 26.7.2.1). (CANNOT_PARSE_INPUT_ASSERTION_FAILED)",
      code: 27,
      type: "CANNOT_PARSE_INPUT_ASSERTION_FAILED",
      message: "Cannot parse input: (at row 2)\n: While executing ParallelParsingBlockInputFormat",
    },
    {
      name: "with brackets of its own",
      text: "Code: 395. DB::Exception: no (REALLY) no. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO)",
      code: 395,
      type: "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO",
      message: "no (REALLY) no",
    },
    {
      name: "not of the engine",
      text: "EMFILE: too many open files",
      code: 1002,
      type: "UNKNOWN_EXCEPTION",
      message: "EMFILE: too many open files",
    },
  ];
  for (const { name, text, ...want } of cases) {
    it(name, () => {
      const { code, type, message } = parseException(new Error(text));
      assert.deepEqual({ code, type, message }, want);
    });
  }

  it("are written as the server writes them", () => {
    const exception = new ClickHouseException(60, "UNKNOWN_TABLE", "Unknown table t");
    const want = "Code: 60. DB::Exception: Unknown table t. (UNKNOWN_TABLE) (version 26.7.2.1)\n";
    assert.equal(formatException(exception, "26.7.2.1"), want);
  });
});

it("HTTP statuses follow the code", () => {
  const cases: [code: number, status: number][] = [
    [62, 400],
    [60, 404],
    [516, 403],
    [194, 401],
    [159, 408],
    [48, 501],
    [229, 413],
    [307, 413],
    [241, 500],
    [202, 500],
  ];
  for (const [code, status] of cases) assert.equal(httpStatus(code), status, `code ${code}`);
});
