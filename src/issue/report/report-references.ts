/** A place in code or tracker that the report points to. */
export interface ReportReference {
  readonly kind: "permalink" | "line" | "file" | "pull" | "issue" | "commit";
  readonly quote: string;
}

const MAX_REFERENCES = 60;

/** Forms of references: one row each, in the order in which they are looked for; what one took is gone for the next. */
const FORMS: readonly { readonly kind: ReportReference["kind"]; readonly form: RegExp }[] = [
  {
    kind: "permalink",
    form: /https?:\/\/[\w.-]{1,100}\/[\w.-]{1,100}\/[\w.-]{1,100}\/(?:-\/)?(?:blob|blame|tree|raw)\/[0-9a-f]{7,40}\/[^\s<>"')\]]{1,400}/g,
  },
  {
    kind: "line",
    form: /https?:\/\/[\w.-]{1,100}\/[\w.-]{1,100}\/[\w.-]{1,100}\/(?:-\/)?(?:blob|blame)\/[^\s<>"')\]]{1,400}#L\d{1,7}(?:-L?\d{1,7})?/g,
  },
  {
    kind: "file",
    form: /https?:\/\/[\w.-]{1,100}\/[\w.-]{1,100}\/[\w.-]{1,100}\/(?:-\/)?(?:blob|blame)\/[^\s<>"')\]]{1,400}/g,
  },
  {
    kind: "commit",
    form: /https?:\/\/[\w.-]{1,100}\/[\w.-]{1,100}\/[\w.-]{1,100}\/(?:-\/)?commits?\/[0-9a-f]{7,40}[^\s<>"')\]]{0,100}/g,
  },
  {
    kind: "pull",
    form: /https?:\/\/[\w.-]{1,100}\/[\w.-]{1,100}\/[\w.-]{1,100}\/(?:-\/)?(?:pull|merge_requests|pulls)\/\d{1,8}[^\s<>"')\]]{0,200}/g,
  },
  {
    kind: "issue",
    form: /https?:\/\/[\w.-]{1,100}\/[\w.-]{1,100}\/[\w.-]{1,100}\/(?:-\/)?issues\/\d{1,8}(?![\w/])[^\s<>"')\]]{0,200}/g,
  },
  {
    kind: "commit",
    form: /(?<![\w/@])(?:commit|since|in|by|from|introduced in|broke in|bisected to)\s{1,3}`?[0-9a-f]{7,40}`?(?![\w-])/gi,
  },
  {
    kind: "pull",
    form: /(?<=\b(?:pr|pull request|pull|merge request|mr|patch|regression from|introduced (?:in|by|with)|fixed (?:in|by|with)|added in|changed in|since) )(?:[\w.-]{1,60}\/[\w.-]{1,60})?#\d{1,7}(?!\w)/gi,
  },
  { kind: "issue", form: /(?<![\w&/#])(?:[\w.-]{1,60}\/[\w.-]{1,60})?#\d{1,7}(?![\w-]|;)/g },
  {
    kind: "line",
    form: /(?<![\w@.+/\\-])`?[\w@.+/\\-]{1,200}\.[A-Za-z]\w{0,5}:\d{1,7}(?::\d{1,7})?`?(?!\w|\.\w)/g,
  },
  {
    kind: "line",
    form: /(?<![\w@.+/\\-])`?[\w@.+/\\-]{1,200}\.(?:[a-z]{1,3}|java|kts|scala|swift|html|json|yaml|toml)\(\d{1,7}\)`?/g,
  },
  {
    kind: "line",
    form: /(?:around |on |at |in |near |see )?\blines? \d{1,6}(?:\s?[-–]\s?\d{1,6})?(?: (?:of|in) `?[\w@.+/\\-]{1,200}\.\w{1,6}`?)?/gi,
  },
  {
    kind: "file",
    form: /(?<![\w@.+/-])`?(?:[\w@.+-]{1,100}\/){1,12}[\w@.+-]{1,100}\.(?:[a-z]{1,5}|[A-Z])`?(?![\w/])/g,
  },
];

/**
 * References of prose, in the order of the forms. Code blocks hold data: nothing in them is pointed to. Linear in the text.
 */
export function findReferences(prose: readonly string[]): readonly ReportReference[] {
  const found = new Map<string, ReportReference>();
  for (const text of prose) {
    let rest = text;
    for (const { kind, form } of FORMS)
      rest = rest.replace(form, (quote) => {
        const clean = quote.replace(/[.,;:!?*]+$/, "");
        if (isPlace(kind, clean) && found.size < MAX_REFERENCES && !found.has(clean))
          found.set(clean, { kind, quote: clean });
        return " ".repeat(quote.length);
      });
  }
  return [...found.values()];
}

/** A written file or line names source; an address with a port, an image or a page does not. */
function isPlace(kind: ReportReference["kind"], quote: string): boolean {
  if (kind === "file" && !/^https?:/.test(quote))
    return !/\.(?:com|org|net|io|dev|png|jpe?g|gif|svg|mp4|webp|html?|css|log|txt|zip|gz|exe|dll|so)`?$/i.test(
      quote,
    );
  if (kind === "line" && /:\d/.test(quote) && !/^https?:/.test(quote))
    return !/\.(?:com|org|net|io|dev|local)`?:\d/i.test(quote);
  return true;
}
