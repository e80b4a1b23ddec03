/** How one value is to be printed: `%` with its flags, width and precision. */
export interface Directive {
  readonly verb: string;
  readonly minus: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  /** `%+v`: structs with the names of their fields. */
  readonly plusV: boolean;
  /** `%#v`: values as Go writes them in a program. */
  readonly sharpV: boolean;
  /** Whether it shows a value that another verb does not fit: then what the value says of itself is not asked. */
  readonly isMisfit: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** `%v`, as `print` has it. */
export const plainDirective: Directive = {
  verb: "v",
  ...{ minus: false, plus: false, sharp: false, space: false, zero: false, plusV: false, sharpV: false },
  ...{ width: undefined, precision: undefined, isMisfit: false },
};

/** Fills a text up to the width of the directive. */
export function pad(text: string, { width, minus, zero }: Directive): string {
  const missing = width === undefined ? 0 : width - lengthInCharacters(text);
  if (missing <= 0) return text;
  if (minus) return text + " ".repeat(missing);
  return (zero ? "0" : " ").repeat(missing) + text;
}

function lengthInCharacters(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
