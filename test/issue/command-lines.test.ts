import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { findCommandLines, isOnlyCommands } from "../../src/issue/command-lines.ts";
import { growthOf } from "../growth.ts";

const found = (text: string): readonly string[] => findCommandLines(text, 100).map((line) => line.text);

/** What GitHub's page shows as text of its own, around a command. */
const PLAIN: readonly ((command: string) => string)[] = [
  (command) => command,
  (command) => ` ${command}`,
  (command) => `**${command}**`,
  (command) => `_${command}_`,
  (command) => `Please look.\n${command}\nThanks.`,
  (command) => `A line,  \n${command}`,
  (command) => `${command} <!-- hidden -->`,
  (command) => `<b>Bold</b> words\n${command}`,
  (command) => `It says \`<blockquote>\` here\n${command}`,
  (command) => `With <List<String>> and <Details2>\n${command}`,
  (command) => `<!-- a whole comment -->\n${command}`,
  (command) => `<!--> nothing is hidden here\n\n${command}`,
  (command) => `<code>a</code>\n${command}`,
  (command) => `Press <kbd>Ctrl\n\n${command}`,
  (command) => `---- not a head\n${command}`,
  (command) => `On Mon, May 3, 2021 at 10:12 AM Ada <a@b.example> wrote:\n> It fails.\n\n${command}`,
  (command) => `OS: Linux\nKernel: 5.15.0\nDate: 2021-05-03\n${command}`,
];

/** What the page shows as a quotation or code, or does not show at all, around a command. */
const APART: readonly ((command: string) => string)[] = [
  (command) => `> ${command}`,
  (command) => `> > a\n> ${command}`,
  (command) => `>${command}`,
  (command) => `\`\`\`\n${command}\n\`\`\``,
  (command) => `~~~ sh\n\n${command}\n\n~~~`,
  (command) => `Code:\n\n    ${command}`,
  (command) => `\`${command}\``,
  (command) => `\`a\n${command}\n\``,
  (command) => `# ${command}`,
  (command) => `1. ${command}`,
  (command) => `[\n${command}](https://a.example)`,
  (command) => `| a |\n| - |\n| ${command} |`,
  (command) => `[^1]: a note\n${command}`,
  (command) => `<!--\n\n${command}\n\n-->`,
  (command) => `a <!--\n${command}\n-->`,
  (command) => `> <!--\n\n${command}\n\n--> is text, and <b title="-->"> is HTML`,
  (command) => `- <!--\n\n${command}\n\n<b title="-->">`,
  (command) => `<blockquote>\n\n${command}\n\n</blockquote>`,
  (command) => `<BLOCKQUOTE cite="a>b">\n\n${command}\n\n</BlockQuote>`,
  (command) => `<blockquote><blockquote>\n\na\n\n</blockquote>\n\n${command}\n\n</blockquote>`,
  (command) => `A word <blockquote>\n${command}\n</blockquote>`,
  (command) => `<pre>\n${command}\n</pre>`,
  (command) => `<pre><code>\n\n${command}\n\n</code></pre>`,
  (command) => `A word <code>\n${command}\n</code>`,
  (command) => `A <code>b\n\n${command}\n\n</code>`,
  (command) => `<samp>\n\n${command}\n\n</samp>`,
  (command) => `<q>\n${command}\n</q>`,
  (command) => `<details><summary>Log</summary>\n\n${command}\n\n</details>`,
  (command) => `<div>\n${command}\n</div>`,
];

/** Nothing after these is text of the writer. */
const SWALLOWS: readonly string[] = [
  "> <!--",
  "- <!-- never closed",
  "<blockquote>",
  "<pre>",
  "A <code>b",
  '<div title="a',
  "````",
  "-----Original Message-----",
];

const verb = fc.constantFrom(
  "status",
  "help",
  "approve",
  "run fix",
  "at a/__init__.py:3",
  "reject it * never * did",
);
const block = fc.tuple(fc.boolean(), fc.nat(), verb);

test("only text of the writer's own is a command, among any blocks", () => {
  fc.assert(
    fc.property(
      fc.array(block, { maxLength: 8 }),
      fc.option(fc.tuple(fc.constantFrom(...SWALLOWS), fc.array(block, { maxLength: 3 })), {
        nil: undefined,
      }),
      fc.constantFrom("\n", "\r\n"),
      (blocks, tail, lineEnd) => {
        const write = ([isPlain, at, what]: readonly [boolean, number, string]): string => {
          const around = isPlain ? PLAIN : APART;
          return around[at % around.length]!(`/casebook ${what}`);
        };
        const text = [
          ...blocks.map(write),
          ...(tail === undefined ? [] : [tail[0], ...tail[1].filter(([isPlain]) => isPlain).map(write)]),
        ].join("\n\n");
        const expected = blocks.filter(([isPlain]) => isPlain).map(([, , what]) => `/casebook ${what}`);
        // A whole comment of HTML in what follows ends one that was left open.
        if (
          tail !== undefined &&
          tail[0].includes("<!--") &&
          /-->/.test(text.slice(text.lastIndexOf(tail[0])))
        )
          return;
        expect(found(text.replaceAll("\n", lineEnd))).toEqual(expected);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("200 quotations hold no command, and none after them is lost", () => {
  expect(found(`${"> /casebook cancel\n\ntext\n\n".repeat(200)}/casebook status`)).toEqual([
    "/casebook status",
  ]);
});

test.each([
  ["/casebook status", true],
  ["/casebook status\n\n/casebook help", true],
  ["", true],
  ["/casebook status\n\nIt is 3.2.", false],
  ["It is 3.2.", false],
  ["> It is 3.2.", false],
  ["/casebook status\n\nOn Mon, May 3, 2021 at 10:12 AM Ada <a@b.example>\nwrote:\n\n> Which version?", true],
  [
    "/casebook status\n\nOn Mon, May 3, 2021 at 10:12 AM Ada <a@b.example> wrote:\n\n> Which version?\n\n3.2",
    false,
  ],
  ["/casebook status\n\n-----Original Message-----\nFrom: Ada\n\nWhich version?", true],
  ["It is 3.2.\n\n/casebook retry\n\n-----Original Message-----\nWhich version?", false],
])("%j says nothing beside commands: %s", (text, expected) => expect(isOnlyCommands(text)).toBe(expected));

describe("the quoted part of a reply by mail is not the writer's", () => {
  const subject = "Re: [acme/store] Values disappear (#42)";
  const mail = "notifications@github.com";
  const heads: readonly (readonly [string, string])[] = [
    [
      "Outlook",
      `From: Ada Lovelace <${mail}>\nSent: Monday, May 3, 2021 10:12 AM\nTo: acme/store <store@noreply.github.com>\nCc: Eve\nSubject: ${subject}`,
    ],
    [
      "Outlook, an older one",
      `-----Original Message-----\nFrom: Ada [mailto:${mail}]\nSent: Monday, May 3, 2021 10:12 AM`,
    ],
    [
      "Outlook without addresses",
      "From: Ada Lovelace\nSent: Monday, May 3, 2021 10:12 AM\nTo: Bob\nSubject: Values disappear",
    ],
    [
      "Outlook below its rule",
      `________________________________\nFrom: Ada <${mail}>\nSent: Monday, May 3, 2021 10:12:44 AM\nTo: acme/store\nSubject: ${subject}`,
    ],
    [
      "Outlook with bold labels",
      `**From:** Ada <${mail}>\n**Sent:** Monday, May 3, 2021 10:12 AM\n**To:** acme/store\n**Subject:** ${subject}`,
    ],
    [
      "Outlook with an empty line after each",
      `*From:* Ada <${mail}>\n\n*Date:* Monday, 3 May 2021 at 10:12\n\n*To:* acme/store`,
    ],
    [
      "Outlook in German",
      `Von: Ada Lovelace <${mail}>\nGesendet: Montag, 3. Mai 2021 10:12\nAn: acme/store\nBetreff: AW: ${subject}`,
    ],
    [
      "Outlook in French",
      `De : Ada Lovelace\nEnvoyé : lundi 3 mai 2021 10:12\nÀ : acme/store\nObjet : RE: ${subject}`,
    ],
    [
      "Outlook in Spanish",
      `De: Ada <${mail}>\nEnviado el: lunes, 3 de mayo de 2021 10:12\nPara: acme/store\nAsunto: RE: ${subject}`,
    ],
    [
      "Outlook in Portuguese",
      `De: Ada <${mail}>\nEnviada em: segunda-feira, 3 de maio de 2021 10:12\nPara: acme/store\nAssunto: RES: ${subject}`,
    ],
    [
      "Outlook in Italian",
      `Da: Ada <${mail}>\nInviato: lunedì 3 maggio 2021 10.12\nA: acme/store\nOggetto: R: ${subject}`,
    ],
    [
      "Outlook in Finnish",
      `Lähettäjä: Ada <${mail}>\nLähetetty: maanantai 3. toukokuuta 2021 10.12\nVastaanottaja: acme/store\nAihe: VS: ${subject}`,
    ],
    [
      "Outlook in Russian",
      `От: Ada Lovelace\nОтправлено: 3 мая 2021 г. 10:12\nКому: acme/store\nТема: ${subject}`,
    ],
    [
      "Outlook in Polish",
      `Od: Ada <${mail}>\nWysłano: poniedziałek, 3 maja 2021 10:12\nDo: acme/store\nTemat: Odp: ${subject}`,
    ],
    [
      "Outlook in Japanese",
      `差出人: Ada <${mail}>\n送信日時: 2021年5月3日 10:12\n宛先: acme/store\n件名: ${subject}`,
    ],
    [
      "Outlook in Chinese",
      `发件人: Ada <${mail}>\n发送时间: 2021年5月3日 10:12\n收件人: acme/store\n主题: ${subject}`,
    ],
    [
      "Outlook in Korean",
      `보낸 사람: Ada <${mail}>\n보낸 날짜: 2021년 5월 3일 월요일 오전 10:12\n받는 사람: acme/store\n제목: ${subject}`,
    ],
    [
      "Apple Mail, forwarded",
      `Begin forwarded message:\n\nFrom: Ada <${mail}>\nSubject: ${subject}\nDate: 3 May 2021 at 10:12:44 CEST\nTo: acme/store`,
    ],
    ["Apple Mail", `On May 3, 2021, at 10:12 AM, Ada <${mail}> wrote:`],
    ["Gmail", `On Mon, May 3, 2021 at 10:12 AM Ada Lovelace <${mail}>\nwrote:`],
    [
      "Gmail, forwarded",
      `---------- Forwarded message ---------\nFrom: Ada <${mail}>\nDate: Mon, May 3, 2021 at 10:12 AM\nSubject: ${subject}`,
    ],
    ["Gmail in German", `Am Mo., 3. Mai 2021 um 10:12 Uhr schrieb Ada Lovelace <\n${mail}>:`],
    ["Gmail in French", `Le lun. 3 mai 2021 à 10:12, Ada <${mail}> a écrit :`],
    ["Gmail in Spanish", `El lun, 3 may 2021 a las 10:12, Ada (<${mail}>) escribió:`],
    ["Gmail in Russian", `пн, 3 мая 2021 г. в 10:12, Ada <${mail}>:`],
    ["Gmail in Japanese", `2021年5月3日(月) 10:12 Ada Lovelace <${mail}>:`],
    ["Gmail in Chinese", `Ada Lovelace <${mail}> 于2021年5月3日周一 10:12写道：`],
    ["Thunderbird", "On 5/3/21 10:12 AM, Ada Lovelace wrote:"],
    ["Thunderbird, forwarded", `-------- Forwarded Message --------\nSubject: ${subject}`],
    ["Yahoo", `On Monday, May 3, 2021, 10:12:44 AM GMT+2, Ada <${mail}> wrote:`],
    ["ProtonMail", "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday, May 3rd, 2021 at 10:12 AM, Ada wrote:"],
    ["Lotus Notes", `-----Ada <${mail}> wrote: -----\nTo: acme/store`],
    ["T-Online", "-----Original-Nachricht-----\nBetreff: Re: Values"],
    ["QQ", `------------------ 原始邮件 ------------------\n发件人: "acme/store" <${mail}>;`],
    ["NetEase", `At 2021-05-03 10:12:44, "Ada" <${mail}> wrote:`],
  ];
  test.each(heads)("%s", (_, head) => {
    const quoted = "/casebook cancel\n\nIt fails.\n\n/casebook reject it";
    for (const between of ["\n", "\n\n"]) {
      expect(found(`/casebook status\n\n${head}${between}${quoted}`)).toEqual(["/casebook status"]);
      expect(found(`/casebook status\n${head}${between}${quoted}`)).toEqual(["/casebook status"]);
    }
  });

  test.each([
    ["a list of versions", "OS: Debian 12\nPython: 3.11.4\nDate: 2021-05-03 10:12\nBrowser: none"],
    ["a list with links", "URL: http://localhost:8080/x\nDate: 2021-05-03 10:12\nVersion: 1.2"],
    ["a ruler of a log", `${"-".repeat(29)} Captured stdout call ${"-".repeat(29)}\nline`],
    ["a line that ends with a colon", "At 10:12 I ran it again and saw:"],
    ["a line above code", "On 2021-05-03 at 10:12 ada@b.example ran:\n\n```\nmake\n```"],
    ["a signature", "-- \nAda <ada@b.example>"],
  ])("%s is none", (_, text) => expect(found(`${text}\n\n/casebook status`)).toEqual(["/casebook status"]));
});

test.each([
  "<code>\n",
  "</q> <q>",
  "<!-- ",
  '<a b="',
  "From: a@b.c 2021 10:12\n",
  "-----a-----b",
  "On 2021 10:12 a@b.c\n",
  "**_/casebook_**\n",
  "\u200b",
  "> a\n\n",
  "> <!--\n\n",
  "- a\n\np\n\n",
])("the time for %j grows with the length of the text", (part) => {
  const read = (length: number): unknown => found(`/casebook status\n\n${part.repeat(length / part.length)}`);
  expect(growthOf(read, 15_000, 60_000)).toBeLessThan(10);
});
