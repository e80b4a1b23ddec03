/** Something that is wrong with a file, and where; lines and columns from 1, 0 where it is about all of it. */
export interface SourceProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The problems that an error tells, a line each: "12:5: undefined receiver". */
export function problemsOf(message: string): SourceProblem[] {
  return message.split("\n").map((told) => {
    const [, line = "0", column = "0", words = told] = /(?:^|: )(\d+):(\d+): (.*)$/.exec(told) ?? [];
    return { line: Number(line), column: Number(column), message: words };
  });
}
