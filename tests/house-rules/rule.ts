import type { SourceFile } from "./source-file.ts";

/** One habit of the code that can be checked. */
export interface Rule {
  readonly name: string;
  /** What to do instead. */
  readonly advice: string;
  /** Whether the rule holds for the file at that path. */
  applies(path: string): boolean;
  /** The lines (from 1) that break it. */
  check(file: SourceFile): readonly number[];
}

export const isTypeScript = (path: string): boolean => /\.tsx?$/.test(path);

/** Tests, benches and what exists for them only. */
export const isForTests = (path: string): boolean =>
  /\.(test|bench)\.tsx?$/.test(path) || /^(tests|libs\/testkit)\//.test(path) || path.includes("/testing/");
