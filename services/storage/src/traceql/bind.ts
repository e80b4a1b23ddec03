/** Binds a value as a parameter of the statement and gives what stands for it: `{q3:String}`. */
export type Bind = (type: "String" | "Int64" | "Float64", value: string | number | bigint) => string;

/** Values of one statement. The same value of the same type is bound once. */
export function createBind(): { readonly bind: Bind; readonly params: Readonly<Record<string, unknown>> } {
  const params: Record<string, unknown> = {};
  const names = new Map<string, string>();
  return {
    params,
    bind(type, value) {
      const key = `${type}:${value}`;
      let name = names.get(key);
      if (name === undefined) {
        name = `q${names.size}`;
        names.set(key, name);
        params[name] = typeof value === "bigint" ? String(value) : value;
      }
      return `{${name}:${type}}`;
    },
  };
}
