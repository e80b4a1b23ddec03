/** What is asked for: whether the series only grows, and whether its growth is divided by the seconds. */
export interface RateKind {
  readonly isCounter: boolean;
  readonly isRate: boolean;
}
