import type { AppError } from "@sightline/errors/app-error";
import { WIRE_CODES } from "@sightline/errors/wire-codes";
import type { ErrorAnswer } from "../http/send-error-answer.ts";
import { toldText } from "../http/told-error.ts";
import { JSON_TYPE } from "./endpoint.ts";

/** An error in the frame of every answer of the first API. */
export function v1Error(error: AppError): ErrorAnswer {
  const status = WIRE_CODES[error.code].http;
  const errors = [{ code: status, msg: toldText(error) }];
  return answerOf(status, { data: null, total: 0, limit: 0, offset: 0, errors });
}

/** An error of the third API (GRPCGatewayError of its query_service.proto). */
export function v3Error(error: AppError): ErrorAnswer {
  const { http, grpc } = WIRE_CODES[error.code];
  return answerOf(http, { error: { grpcCode: grpc, httpCode: http, message: toldText(error) } });
}

function answerOf(status: number, body: object): ErrorAnswer {
  return { status, contentType: JSON_TYPE, text: JSON.stringify(body) };
}
