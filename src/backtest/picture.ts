import type { Score, Share } from "./score.ts";

const WIDTH = 640;
const BAR = { left: 230, width: 300, height: 20, gap: 34, top: 78 } as const;

/** The score as an SVG picture of five bars, each with its numbers. `title`: the repository and the commit, as text. */
export function picture(title: string, score: Score): string {
  const rows: readonly (readonly [string, Share])[] = [
    ["right file first", score.fileFirst],
    ["all files in the first five", score.allInFive],
    ["right function first", score.functionFirst],
    ["right function in the first five", score.functionInFive],
    ["changed lines in the first suspect", score.linesFirst],
  ];
  const height = BAR.top + rows.length * BAR.gap + 30;
  const text = (x: number, y: number, words: string, more = ""): string =>
    `<text x="${x}" y="${y}"${more}>${escaped(words)}</text>`;
  const bars = rows.flatMap(([label, { hits, of }], at) => {
    const y = BAR.top + at * BAR.gap;
    const filled = of === 0 ? 0 : Math.round((hits / of) * BAR.width);
    return [
      text(BAR.left - 12, y + 15, label, ' text-anchor="end"'),
      `<rect x="${BAR.left}" y="${y}" width="${BAR.width}" height="${BAR.height}" fill="#e4e7eb"/>`,
      `<rect x="${BAR.left}" y="${y}" width="${filled}" height="${BAR.height}" fill="#2f6f4f"/>`,
      text(BAR.left + BAR.width + 12, y + 15, shareOf({ hits, of })),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="14" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(20, 32, title, ' font-size="16" font-weight="bold"'),
    text(
      20,
      55,
      `${score.cases} fixed issues, each at the commit before its fix; median ${Math.round(score.medianWords)} words, ${score.medianSeconds.toFixed(1)} s`,
      ' fill="#52606d"',
    ),
    ...bars,
    text(20, height - 14, "casebook backtest, without a model", ' fill="#52606d" font-size="12"'),
    "</svg>",
    "",
  ].join("\n");
}

/** `12 of 20, 60 %`. */
export function shareOf({ hits, of }: Share): string {
  return of === 0 ? "none" : `${hits} of ${of}, ${Math.round((hits / of) * 100)} %`;
}

function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
