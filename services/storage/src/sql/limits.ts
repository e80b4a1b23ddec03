/** What one statement of a user may take. */
export interface SqlLimits {
  readonly maxExecutionMs: number;
  readonly maxRowsToRead: number;
  readonly maxBytesToRead: number;
  readonly maxMemoryBytes: number;
  /** Of the answer. */
  readonly maxResultRows: number;
  /** Of the answer, as JSON. */
  readonly maxResultCharacters: number;
}
