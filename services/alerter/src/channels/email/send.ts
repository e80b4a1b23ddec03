import type { Socket } from "node:net";
import { AppError, invalid } from "@sightline/errors/app-error";
import { guardedConnect } from "@sightline/service/outbound";
import { createTransport } from "nodemailer";
import addressparser from "nodemailer/lib/addressparser";
import { defineIntegration } from "../define-integration.ts";
import { answerEmail, doneBefore, failedEmail, type MailAnswer } from "./answer.ts";
import { type EmailSettings, emailSettings } from "./config.ts";
import { isOwnHost } from "./own-host.ts";
import { type Email, renderEmail } from "./render.ts";

/** E-mail by SMTP. */
export const email = defineIntegration({
  kind: "email",
  settings: emailSettings,
  // Whatever the server allows, it says so with 4xx.
  rateLimits: [],
  rateKey: ({ smarthost, authUsername }) => `${smarthost.host}:${smarthost.port} ${authUsername}`,
  async send(settings, sending) {
    const message = renderEmail(settings, sending);
    const done = doneBefore(sending.receiverData);
    const to = addressesOf(message.to).filter((address) => !done.includes(address));
    const envelope = { from: addressOf(message.from), to };
    const { host, port } = settings.smarthost;
    const timeoutMs = sending.remainingMs();
    // Before the connection's own, which looks like a connection that broke.
    const deadline = AbortSignal.timeout(timeoutMs);
    const { policy } = sending.rim;
    const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
    const socket = await guardedConnect(address, { policy, timeoutMs, signal: sending.signal });
    try {
      const answer = await submit(settings, { message, envelope, socket, deadline, signal: sending.signal });
      return answerEmail(answer, sending.receiverData);
    } catch (thrown) {
      if (sending.signal.aborted) throw new AppError("cancelled", "cannot send mail: stopping", { cause: thrown });
      if (!deadline.aborted) return failedEmail(thrown);
      throw new AppError("deadline_exceeded", `cannot send mail: no answer within ${timeoutMs} ms`);
    } finally {
      socket.destroy();
    }
  },
});

interface Submission {
  readonly message: Email;
  readonly envelope: { readonly from: string; readonly to: string[] };
  readonly socket: Socket;
  readonly deadline: AbortSignal;
  readonly signal: AbortSignal;
}

async function submit(settings: EmailSettings, submission: Submission): Promise<MailAnswer> {
  const { message, envelope, socket, deadline, signal } = submission;
  const { threadId } = message;
  const info = await createTransport(transportOf(settings, socket)).sendMail({
    envelope,
    headers: { ...message.headers },
    messageId: message.messageId,
    ...(threadId !== undefined && { inReplyTo: threadId, references: threadId }),
    date: message.date,
    text: message.text,
    ...(message.html !== "" && { html: message.html }),
    attachments: [...message.attachments],
    disableFileAccess: true,
    disableUrlAccess: true,
    signal: AbortSignal.any([signal, deadline]),
  });
  const errors = new Map(info.rejectedErrors?.map((error) => [error.recipient, error]));
  const rejected = info.rejected.map((recipient) => {
    const { responseCode = 0, response = "" } = errors.get(recipient) ?? {};
    return { recipient, code: responseCode, said: response };
  });
  return { response: info.response, accepted: info.accepted, rejected };
}

function transportOf(settings: EmailSettings, connection: Socket) {
  const { smarthost, hello, requireTls, tls, authUsername, authPassword, authSecret } = settings;
  const secure = settings.forceImplicitTls ?? smarthost.port === 465;
  const isOpen = !secure && !requireTls && !isOwnHost(smarthost.host);
  // Where others may listen nothing is told that they could use (net/smtp, PlainAuth): CRAM-MD5 tells no secret.
  const secret = isOpen ? authSecret : (authPassword ?? authSecret);
  if (authUsername !== "" && secret === undefined && authPassword !== undefined) {
    throw new AppError(
      "failed_precondition",
      "cannot send mail: got a password for a connection without TLS, want require_tls, or auth_secret in its place",
    );
  }
  return {
    connection,
    host: smarthost.host,
    port: smarthost.port,
    name: hello,
    secure,
    requireTLS: requireTls && !secure,
    ignoreTLS: !requireTls,
    tls: {
      servername: tls.serverName ?? smarthost.host,
      rejectUnauthorized: !tls.insecureSkipVerify,
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(tls.cert !== undefined && { cert: tls.cert }),
      ...(tls.key !== undefined && { key: tls.key.reveal() }),
    },
    ...(authUsername !== "" &&
      secret !== undefined && {
        auth: { user: authUsername, pass: secret.reveal() },
        // A secret of its own is for this method only, which does not tell it to the server.
        ...(secret === authSecret && { authMethod: "CRAM-MD5" }),
      }),
  };
}

function addressOf(text: string): string {
  const [address, ...others] = addressesOf(text);
  if (address !== undefined && others.length === 0) return address;
  throw invalid(`cannot send mail: from: got ${others.length + 1} addresses, want one`);
}

function addressesOf(text: string): string[] {
  const addresses = addressparser(text, { flatten: true }).map(({ address }) => address);
  const wrong = addresses.find((address) => !/^[^\s@<>]+@[^\s@<>]+$/.test(address));
  if (addresses.length > 0 && wrong === undefined) return addresses;
  throw invalid(`cannot send mail: got ${JSON.stringify((wrong || text).slice(0, 200))}, want addresses`);
}
