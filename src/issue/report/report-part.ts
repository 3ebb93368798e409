/** What a section of a report is for. */
export type ReportPart =
  | "description"
  | "expected"
  | "actual"
  | "steps"
  | "environment"
  | "version"
  | "frequency"
  | "tried"
  | "request"
  | "message"
  | "context"
  | "form";

/**
 * Meanings of headings, in the order in which they are asked: the first that fits counts. One row a part; alternatives in
 * English, Chinese, Japanese, Korean, German, French, Spanish, Portuguese and Russian.
 */
const HEADINGS: readonly (readonly [ReportPart, RegExp])[] = [
  [
    "form",
    // What bots that update dependencies fold away is of the dependency.
    /^(release notes|changelog|commits|maintainer changes)$|\bchecklist\b|before (you )?submit|prerequisites?\b|i have (searched|read|checked)|following tasks|code of conduct|contributing|willing to (submit|contribute)|duplicate|チェックリスト|检查清单|前置/,
  ],
  [
    "actual",
    /\b(actual|observed|current(ly)?)\b.{0,24}\b(behaviou?rs?|results?|output|outcomes?|response|state|situation)?|what (actually )?(happen(s|ed)|went wrong|did you see|do you see|is happening|is actually)|^what (i|we) (get|got|see|saw)\b|what.{0,12}instead|seen instead|実際|実行結果|实际|當前行為|当前(行为|结果)|실제|현재 (동작|결과)|tats[äa]chlich|ist-verhalten|comportement (actuel|observ[ée])|r[ée]sultat (actuel|obtenu)|comportamiento actual|resultado (actual|obtenido)|comportamento atual|resultado (atual|obtido)|фактическ|текущее поведение|что происходит/,
  ],
  [
    "expected",
    /\bexpect|^what (i|we) want(ed)?\b|should (happen|have|be|it)|\bdesired\b|what did you want|supposed to|期待|预期|期望|想定|기대|예상|erwartet|soll-verhalten|attendu|esperad[oa]|esperava|ожида/,
  ],
  [
    "request",
    /solution you'?d like|describe the (solution|feature|enhancement)|feature (request|description)|proposal|suggest(ed|ion)|proposed|what (would|do) you (like|want|propose)|enhancement|wish|(implementation|possible) solution|solution\b|機能|功能|建议|希望|기능|제안|vorschlag|l[öo]sung|proposition|propuesta|proposta|soluci[óo]n|solu[çc][ãa]o|предложени/,
  ],
  [
    "tried",
    /\btried|work-?arounds?|\battempt|mitigation|alternatives?|回避|尝试|嘗試|替代|시도|versucht|essay[ée]|contournement|intentado|alternativ|tentei|попыт|обход/,
  ],
  [
    "steps",
    /\bsteps?\b|reproduc|\brepro\b|\bmwe\b|\bmcve\b|minimal.{0,20}\b(example|code|working|case|reproduc)|(code|working) (sample|example|snippet)|sample (code|project)|\btest case|how to trigger|what (i|you|did you|have you) (did|done|do|do\?)|what you did|issue playlist|example\b|再現|复现|重现|步骤|재현|reproduzier|schritte|reproduire|[ée]tapes|reproducir|pasos|reproduzir|passos|воспроизв|шаги/,
  ],
  ["frequency", /\bfrequen|how often|頻度|频率|빈도|h[äa]ufigkeit|fr[ée]quence|frecuencia|частот/],
  ["version", /\bversions?\b|バージョン|版本|버전|versi[óo]n|vers[ãa]o|верси/],
  [
    "environment",
    /environment|\bsystem\b|\bos\b|operating system|platform|show_versions|installed|set-?up|specifications?|\bspecs\b|device|configuration|browser|debug (status|info)|\binfo\b|^(?:desktop|smartphone)\b|環境|环境|운영|환경|umgebung|betriebssystem|environnement|syst[èe]me|entorno|ambiente|sistema|окружени|систем/,
  ],
  [
    "message",
    /\berrors?\b|traceback|stack ?trace|backtrace|\blogs?\b|exception|output\b|crash report|エラー|错误|日志|오류|로그|fehler|erreur|registro|erro\b|ошибк|лог/,
  ],
  [
    "description",
    /descri|summary|\bissue\b|\bbugs?\b|problem|what is|overview|details|the (gist|story)|motivation|\brelated to\b|feedback|question|説明|概要|問題|描述|问题|設明|설명|문제|beschreibung|probl[èe]me|descripci[óo]n|descri[çc][ãa]o|problema|описани|проблем|суть/,
  ],
  [
    "context",
    /context|additional|screenshots?|further|anything else|notes?\b|possible|cause|補足|其他|补充|추가|zus[äa]tz|compl[ée]ment|adicional|дополнит/,
  ],
];

/** The meaning of a heading; undefined when it has none of these. */
export function partOfHeading(heading: string): ReportPart | undefined {
  const text = heading.toLowerCase().replace(/[’`]/g, "'");
  return HEADINGS.find(([, words]) => words.test(text))?.[0];
}
