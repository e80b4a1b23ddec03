import { Button, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../../../api/api-error.ts";
import { type InboundSettings, type TellingKind, trySource } from "../../../api/inbound.ts";
import form from "../../alerts/rule-editor.module.css";
import { SAMPLE_PAYLOADS } from "./sample-payloads.ts";
import { parseJson } from "./source-draft.ts";
import { ToldByPayload } from "./told-by-payload.tsx";

/** Says what a payload would become; nothing is kept and nobody told. */
export function TryPayload({ kind, name, settings }: { kind: TellingKind; name: string; settings: InboundSettings }) {
  const { header, payload } = SAMPLE_PAYLOADS[kind];
  const [text, setText] = useState(() => JSON.stringify(payload, null, 2));
  const [about, setAbout] = useState(header?.value ?? "");
  const attempt = useMutation({ mutationFn: trySource });
  const parsed = parseJson(text);
  const headers = header === undefined ? {} : { [header.name]: about };
  const problem = parsed.ok ? (attempt.isError ? messageOf(attempt.error) : "") : parsed.problem;
  const run = () => {
    if (!parsed.ok) return;
    attempt.mutate({ kind, ...(name !== "" && { name }), settings, headers, payload: parsed.value });
  };
  return (
    <section className={form.preview} data-testid="inbound-try">
      <h3>Try it: what a payload would become</h3>
      {header === undefined ? null : (
        <TextInput label={header.name} value={about} onChange={(event) => setAbout(event.currentTarget.value)} />
      )}
      <Textarea
        label="Payload"
        autosize
        minRows={4}
        maxRows={14}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mono)", fontSize: "0.75rem" } }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={form.buttons} style={{ margin: "10px 0" }}>
        <Button size="sm" variant="default" disabled={!parsed.ok} loading={attempt.isPending} onClick={run}>
          Try
        </Button>
        <span className="dim">Nothing is kept, and nobody is told.</span>
      </div>
      {problem === "" ? null : (
        <p className={form.error} role="alert">
          {problem}
        </p>
      )}
      {attempt.data === undefined ? null : <ToldByPayload told={attempt.data} />}
    </section>
  );
}
