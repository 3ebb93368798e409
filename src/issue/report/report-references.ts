/** A place in code or tracker that the report points to. */
export interface ReportReference {
  /** `revision`: the state that was used; the reporter does not say that it changed anything. */
  readonly kind: "permalink" | "line" | "file" | "pull" | "issue" | "commit" | "revision";
  readonly quote: string;
}

const MAX_REFERENCES = 60;
/** `[src/a.c:12](https://…/blob/main/src/a.c#L12)`. */
const LINKED =
  /(?<=\[)([^\]\n]{1,300})\]\(https?:\/\/[^\s)]{1,300}\/(?:blob|blame|commits?|pull|issues|merge_requests)\/[^\s)]{1,300}\)/g;

const PATH = "`?[\\w@.+/\\\\-]{1,200}\\.[A-Za-z]\\w{0,5}`?";
/** "Line" in the languages that the reader knows; an abbreviation needs its full stop. */
const LINE = "(?:lines?|ln\\.|zeilen?|lignes?|l[ií]neas?|linhas?|righ?[ae]|linea|строк[аеиуой]{1,2}|стр\\.)";
const NUMBER =
  "(?:no\\.|nr\\.|nº|n°|№|number|num\\.|nummer|número|numero|numéro|#)?\\s?(\\d{1,6})(?:\\s?[-–]\\s?\\d{1,6})?(?![\\w.]\\w)";
/** Between a path and its line. */
const BESIDE =
  "(?:\\s?[,(:;，、（]\\s?|\\s)(?:(?:(?:at|on|in|around|near|an?|à|bei|auf|en|na|em|alla|в|на|the|der|die|la) ){0,2})";
const OF =
  "(?:of|in|von|aus|der|de|du|di|del|della|da|do|в|из|файла)(?: (?:the|file|der|datei|le|el|fichier|archivo|o|il))?";

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
    form: /(?<![\w/@])(?:(?:commit|revision|rev|since|in|by|from|at|introduced in|broke in|bisected to)[\s:]{1,3}|(?:master|main|head|trunk) ?[:(@]\s?)`?(?=[a-f]{0,39}\d|[0-9a-f]{40})[0-9a-f]{7,40}`?(?![\w-])/gi,
  },
  {
    kind: "pull",
    form: /(?<=\b(?:pr|pull request|pull|merge request|mr|patch|regression from|introduced (?:in|by|with)|fixed (?:in|by|with)|added in|changed in|since) )(?:[\w.-]{1,60}\/[\w.-]{1,60})?#\d{1,7}(?!\w)/gi,
  },
  { kind: "issue", form: /(?<![\w&/#]|`[\w ]{1,40})(?:[\w.-]{1,60}\/[\w.-]{1,60})?#\d{1,7}(?![\w-]|;)/g },
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
    form: new RegExp(`(?<![\\w@.+/\\\\-])${PATH}${BESIDE}${LINE}\\s?${NUMBER}[)）]?`, "giu"),
  },
  {
    kind: "line",
    form: new RegExp(`(?<![\\p{L}])${LINE}\\s?${NUMBER},? ${OF} ${PATH}`, "giu"),
  },
  {
    kind: "line",
    form: new RegExp(
      `(?<![\\w@.+/\\\\-])${PATH}[\\s,:(，、（]{0,3}(?:の|的|第|에서|의){0,2}\\s?\\d{1,6}\\s?(?:行目?|번째\\s?줄|줄|번\\s?라인)`,
      "giu",
    ),
  },
  {
    kind: "line",
    form: /(?:around |on |at |in |near |see )?\blines? \d{1,6}(?:\s?[-–]\s?\d{1,6})?(?: (?:of|in) `?[\w@.+/\\-]{1,200}\.\w{1,6}`?)?/gi,
  },
  {
    kind: "file",
    form: /(?<![\w@.+/:-])`?(?:[\w@.+-]{1,100}\/){1,12}[\w@.+-]{1,100}\.(?:[a-z]{1,5}|[A-Z])`?(?![\w/])/g,
  },
];

/**
 * References of prose, in the order of the forms. Code blocks hold data: nothing in them is pointed to. Linear in the text.
 */
export function findReferences(prose: readonly string[]): readonly ReportReference[] {
  const found = new Map<string, ReportReference>();
  for (const text of prose) {
    // The words of a link that is a reference itself name the same place.
    let rest = text.replace(LINKED, (link, words: string) => link.replace(words, " ".repeat(words.length)));
    for (const { kind, form } of FORMS)
      rest = rest.replace(form, (quote, ...more: readonly unknown[]) => {
        const clean = quote.replace(/[.,;:!?*]+$/, "");
        const at = more.find((one) => typeof one === "number")!;
        if (kind === "commit" && !clean.startsWith("http") && isUsed(text, at, quote)) {
          if (found.size < MAX_REFERENCES && !found.has(clean))
            found.set(clean, { kind: "revision", quote: clean });
        } else if (
          isPlace(kind, clean) &&
          // `./manage.py migrate`: a command.
          !(/^`[^`]*$/.test(quote) && text[at + quote.length] === " ") &&
          found.size < MAX_REFERENCES &&
          !found.has(clean)
        )
          found.set(clean, { kind, quote: clean });
        return " ".repeat(quote.length);
      });
  }
  return [...found.values()];
}

/** Words with which somebody holds a change to be the cause, or tells what it did. */
const BLAME =
  /\b(?:introduc\w*|br[oe]ak?\w*|broke\w*|caus\w*|regress\w*|bisect\w*|since|culprit|blam\w*|revert\w*|offending|first bad|stop\w*|due to|because|after|before|point(?:s|ed)? (?:at|to)|chang\w*|add(?:ed|s)|remov\w*|renam\w*|refactor\w*|merged|landed|fix\w*|seit|depuis|desde)\b/i;
/** Words with which somebody points to a change, and used none. */
const POINTS =
  /\b(?:look(?:ed|ing|s)? (?:at|into)|check(?:ed)? (?:out )?in|suspect\w*|guess\w*|maybe|perhaps|probably)\b/i;
/** The same right before the hash. */
const BLAMED = /^(?:since|by|introduced|broke|bisected)\b/i;

/** Whether a hash names the state that was used: no word of blame is in its sentence. */
function isUsed(text: string, at: number, quote: string): boolean {
  const start = Math.max(0, at - 200);
  const before = text
    .slice(start, at)
    .split(/[.!?]\s|\n/)
    .at(-1)!;
  const after = text.slice(at + quote.length, at + quote.length + 120).split(/[.!?]\s|\n/)[0]!;
  return (
    !BLAME.test(`${before} ${after}`) &&
    !POINTS.test(`${before} ${quote}`) &&
    !BLAMED.test(quote) &&
    !/\bsee (?:also )?$/i.test(before)
  );
}

/** A written file or line names source; an address with a port, an image or a page does not. */
function isPlace(kind: ReportReference["kind"], quote: string): boolean {
  // What a package manager installs is not the project's.
  if (kind !== "permalink" && /(?:^`?|\/)(?:vendor|node_modules|site-packages|dist-packages)\//.test(quote))
    return false;
  if (kind === "file" && /\.(?:txt|log|png|jpe?g|gif|svg|mp4|zip|gz|exe|dll|so)$/i.test(quote)) return false;
  if (kind === "file" && !/^https?:/.test(quote))
    return !/\.(?:com|org|net|io|dev|png|jpe?g|gif|svg|mp4|webp|html?|css|log|txt|zip|gz|exe|dll|so)`?$/i.test(
      quote,
    );
  if (
    kind === "line" &&
    /[^\d\s]\.(?:com|org|net|io|dev|log|txt|csv|png)`?\b/i.test(quote) &&
    !/^https?:|:\d/.test(quote)
  )
    return false;
  if (kind === "line" && /:\d/.test(quote) && !/^https?:/.test(quote))
    return !/\.(?:com|org|net|io|dev|local)`?:\d/i.test(quote);
  return true;
}
