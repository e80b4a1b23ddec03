/**
 * The requests and responses of a generated service definition, by method. The two halves are apart so that TypeScript
 * infers both from one `XService` object.
 */
export type RequestsOf<Req> = {
  readonly [K in keyof Req]: {
    readonly path: string;
    readonly requestStream: boolean;
    readonly responseStream: boolean;
    readonly requestSerialize: (value: Req[K]) => Buffer;
    readonly requestDeserialize: (value: Buffer) => Req[K];
  };
};

export type ResponsesOf<Res> = {
  readonly [K in keyof Res]: {
    readonly responseSerialize: (value: Res[K]) => Buffer;
    readonly responseDeserialize: (value: Buffer) => Res[K];
  };
};

/** A generated service definition: its methods with their codecs. */
export type Definition<Req, Res> = RequestsOf<Req> & ResponsesOf<Res>;
