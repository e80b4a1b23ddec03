/** Looks for one kind of thing that tests may leave behind. */
export interface LeakWatch {
  /** Names what is there now. */
  leaks(): string[];
  /** Ends what can be ended, so that the process of the tests can. */
  end(): void;
}
