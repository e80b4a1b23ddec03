/** True or false in any of the spellings that Go takes for them (`strconv.ParseBool`); undefined for another text. */
export function goFlag(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}
