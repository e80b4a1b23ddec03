/** Tells what is wrong with a template of a label or an annotation of an alert; undefined when nothing is. */
export type CheckTemplate = (text: string, alertName: string) => string | undefined;
