/** Colours by name, which Grafana shows as fits the dark or the light theme. */
export type Color = "green" | "yellow" | "orange" | "red" | "blue" | "purple" | "text";

/** From which value on a number has a colour; the first step has no value. */
export interface Threshold {
  readonly value: number | null;
  readonly color: Color;
}

/** No judgement: everything in one colour. */
export const PLAIN: readonly Threshold[] = [{ value: null, color: "blue" }];

/** Green, then yellow, orange and red from these values on: what is worse the higher it is. */
export function worseFrom(yellow: number, orange: number, red: number): readonly Threshold[] {
  return [
    { value: null, color: "green" },
    { value: yellow, color: "yellow" },
    { value: orange, color: "orange" },
    { value: red, color: "red" },
  ];
}

/** Green, then yellow and red from these values on. */
export function warnFrom(yellow: number, red: number): readonly Threshold[] {
  return [
    { value: null, color: "green" },
    { value: yellow, color: "yellow" },
    { value: red, color: "red" },
  ];
}

/** Red, then yellow and green from these values on: what is better the higher it is. */
export function betterFrom(yellow: number, green: number): readonly Threshold[] {
  return [
    { value: null, color: "red" },
    { value: yellow, color: "yellow" },
    { value: green, color: "green" },
  ];
}

/** Green at nothing, red at anything. */
export const NONE_IS_GOOD: readonly Threshold[] = [
  { value: null, color: "green" },
  { value: 1, color: "red" },
];

/** Red below one, green at one: whether something is there. */
export const ONE_IS_GOOD: readonly Threshold[] = [
  { value: null, color: "red" },
  { value: 1, color: "green" },
];
