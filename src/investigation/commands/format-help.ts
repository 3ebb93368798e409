import { type Form, FORMS, VERBS } from "./forms.ts";

/** The help for the status comment: every command, and the phases that exist here. */
export function formatHelp(phases: readonly string[]): string {
  const names = phases.map((phase) => `\`${phase}\``).join(", ");
  return `${formatHelpText()}\n\n\`PHASE\` is one of ${names}. \`/case\` is short for \`/casebook\`. A comment can hold several commands, each at the start of a line. An edit starts nothing.`;
}

/** The table of all commands, as the docs show it. */
export function formatHelpText(): string {
  const rows = VERBS.map((verb) => {
    const { usage, who, does }: Form = FORMS[verb];
    return `| \`/casebook ${usage}\` | ${WHO[who]} | ${does} |`;
  });
  return ["| command | who | what it does |", "| --- | --- | --- |", ...rows].join("\n");
}

const WHO: Readonly<Record<Form["who"], string>> = {
  write: "write",
  "triage-or-starter": "triage, or who started it",
  anyone: "anyone",
};
