/**
 * Puts SQL texts together: replaces each `{{name}}` in a template by the text of that name. The texts are our own
 * files and constants; what comes from a request is bound by the server as `{name:Type}`.
 */
export function fill(template: string, texts: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const text = texts[name];
    if (text === undefined) throw new Error(`cannot fill {{${name}}}: no such text`);
    return text.trimEnd();
  });
}
