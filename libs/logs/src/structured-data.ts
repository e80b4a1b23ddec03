const ELEMENT = /\[([^\s="\]]+)((?: +[^\s="\]]+="(?:[^"\\\]]|\\.)*")*) *\]/gs;
const PARAMETER = / +([^\s="\]]+)="((?:[^"\\\]]|\\.)*)"/gs;

/** Gives the parameters of STRUCTURED-DATA (RFC 5424 section 6.3) one by one, each named `<element>.<parameter>`. */
export function readStructuredData(text: string, add: (name: string, value: string) => void): void {
  for (const [, id = "", parameters = ""] of text.matchAll(ELEMENT)) {
    for (const [, name = "", value = ""] of parameters.matchAll(PARAMETER)) {
      // Only these three are escaped; a backslash before anything else is a backslash.
      add(`${id}.${name}`, value.replace(/\\(["\\\]])/g, "$1"));
    }
  }
}
