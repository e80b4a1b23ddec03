import type { ReactNode } from "react";
import { Link } from "react-router";
import { Field, Fields } from "../../../components/fields.tsx";
import { Panel } from "../../../components/panel.tsx";
import { PlainBlock, PlainLine } from "../../../components/plain.tsx";
import { textOfLabels } from "../../silences/matcher-text.ts";
import classes from "./one.module.css";

type Texts = Readonly<Record<string, string>>;

/** The labels and annotations of an alert, and where it comes from. */
export function AlertFacts(props: { labels: Texts; annotations: Texts; generatorUrl: string; rule?: ReactNode }) {
  const { labels, annotations, generatorUrl, rule } = props;
  return (
    <Panel
      title="What it says of itself"
      actions={
        <Link to={`/alerts/routes?labels=${encodeURIComponent(textOfLabels(labels))}`} className={classes.way}>
          Its way through the routes
        </Link>
      }
    >
      <Fields>
        {Object.entries(annotations).map(([name, value]) => (
          <Field key={`annotation ${name}`} name={name}>
            <Annotation value={value} />
          </Field>
        ))}
        {Object.entries(labels).map(([name, value]) => (
          <Field key={`label ${name}`} name={name}>
            <PlainLine text={value} className="mono" />
          </Field>
        ))}
        <Field name="Rule">{rule}</Field>
        <Field name="Comes from">{generatorUrl === "" ? null : <Annotation value={generatorUrl} />}</Field>
      </Fields>
    </Panel>
  );
}

/** An address that can be opened becomes a link; anything else stays text. */
function Annotation({ value }: { value: string }) {
  if (!/^https?:\/\/[^\s]+$/.test(value)) return <PlainBlock text={value} />;
  return (
    <a href={value} target="_blank" rel="noreferrer noopener">
      <PlainLine text={value} className={classes.link} />
    </a>
  );
}
