// What the tests use of thriftrw (Uber's Thrift library, which Jaeger's client for Node is made with).
declare module "thriftrw" {
  interface Struct {
    new (fields: object): object;
    readonly rw: { toBuffer(value: object): { readonly err: Error | null; readonly value: Buffer } };
  }
  export class Thrift {
    constructor(options: { source: string; allowOptionalArguments: boolean });
    readonly Batch: Struct;
  }
}
