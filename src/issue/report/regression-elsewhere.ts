const V =
  "[`*'\"]{0,2}(?:v)?(\\d{1,6}(?:\\.\\d{1,6}){1,4}(?:[-.]?(?:alpha|beta|rc|dev)[\\w.-]{0,12})?)[`*'\"]{0,2}";
/** A name before the version: `jsoup 1.21.2`. */
const NAME = "(?:[\\w.-]{1,30}\\s)?";

/** How a language says that something worked in a version, and since which version it does not; `not` denies the first. */
interface Saying {
  readonly good: readonly RegExp[];
  readonly bad: readonly RegExp[];
  readonly not: RegExp;
}

const of = (...forms: readonly string[]): readonly RegExp[] => forms.map((form) => new RegExp(form, "iu"));

/** One row a language: German, French, Spanish and Portuguese and Italian, Russian, Japanese, Chinese, Korean. */
const SAYINGS: readonly Saying[] = [
  {
    good: of(
      `(?:^|\\s)(?:mit|in|unter|bis)\\s(?:der\\s|version\\s|zu\\s){0,2}${NAME}${V}[^.!?\\n]{0,60}(?:funktionierte|funktioniert|lief|ging|klappte|geklappt)`,
      `(?:funktionierte|lief|ging|klappte)[^.!?\\n]{0,40}\\s(?:mit|in|unter|bis)\\s(?:der\\s|version\\s){0,2}${NAME}${V}`,
    ),
    bad: of(
      `(?:^|\\s)(?:seit|ab|nach)\\s(?:(?:dem|der|einem)\\s)?(?:(?:update|upgrade|wechsel|umstieg|aktualisierung)\\s(?:auf|zu)\\s)?(?:version\\s)?${NAME}${V}`,
    ),
    not: /\b(?:nicht|kein\w{0,2}|nie|weder|erst)\b/iu,
  },
  {
    good: of(
      `(?:^|\\s)(?:avec|dans|en|sous|jusqu'[àa])\\s(?:la\\s|version\\s){0,2}${NAME}${V}[^.!?\\n]{0,60}(?:fonctionnait|marchait|a fonctionné|a marché)`,
      `(?:fonctionnait|marchait)[^.!?\\n]{0,40}\\s(?:avec|dans|en|sous|jusqu'[àa])\\s(?:la\\s|version\\s){0,2}${NAME}${V}`,
    ),
    bad: of(
      `(?:^|\\s)(?:depuis|à partir de|après)\\s(?:la\\s)?(?:(?:mise à (?:jour|niveau)|migration)\\s(?:vers|en|à)\\s(?:la\\s)?)?(?:version\\s)?${NAME}${V}`,
    ),
    not: /\b(?:ne|n'\w{0,20}|pas|jamais)\b/iu,
  },
  {
    good: of(
      `(?:^|\\s)(?:en|con|hasta|na|no|em|com|até|nella|con la|in|fino alla)\\s(?:la\\s|a\\s)?(?:versi(?:ón|on|one)\\s|versão\\s)?${NAME}${V}[^.!?\\n]{0,60}(?:funcionaba|funcionó|funcionava|funzionava|andaba)`,
      `(?:funcionaba|funcionava|funzionava|andaba)[^.!?\\n]{0,40}\\s(?:en|con|hasta|na|no|em|com|até|nella|in)\\s(?:la\\s|a\\s)?(?:versi(?:ón|on|one)\\s|versão\\s)?${NAME}${V}`,
    ),
    bad: of(
      `(?:^|\\s)(?:desde|a partir d[ea]|dalla|da|tras|después de|depois d[aeo]|após|dopo)\\s(?:(?:la|a|el|o|l')\\s?)?(?:(?:actualizaci[óo]n|actualizar|atualiza[çc][ãa]o|atualizar|aggiornamento)\\s(?:a|para|alla)\\s(?:la\\s|a\\s)?)?(?:versi(?:ón|on|one)\\s|versão\\s)?${NAME}${V}`,
    ),
    not: /(?<=[^]\s)(?:no|não|non|nunca|mai|tampoco)\s(?:\p{L}+\s)?(?:funcion|funzion|andab)/iu,
  },
  {
    good: of(
      `(?:^|\\s)(?:в|на|с|до)\\s(?:верси\\p{L}{1,3}\\s)?${NAME}${V}[^.!?\\n]{0,60}(?:работал\\p{L}?|было нормально|всё было хорошо)`,
      `работал\\p{L}?[^.!?\\n]{0,40}\\s(?:в|на|до)\\s(?:верси\\p{L}{1,3}\\s)?${NAME}${V}`,
    ),
    bad: of(
      `(?:^|\\s)(?:с|со|начиная с|после)\\s(?:обновлени\\p{L}{1,2}\\s(?:до|на)\\s)?(?:верси\\p{L}{1,3}\\s)?${NAME}${V}`,
    ),
    not: /(?:^|\s)(?:не|ни|перестал\p{L}*)\s/iu,
  },
  {
    good: of(
      `${V}\\s?(?:まで(?:は)?|では|だと|の(?:とき|時)は)[^。\\n]{0,30}(?:動作して|動いて|動作した|正常|問題なく|問題ありませんでした)`,
    ),
    bad: of(`${V}\\s?(?:から|以降|に(?:アップデート|アップグレード|更新|上げ))`),
    not: /(?:動作し|動き|動い)(?:ない|ません|なかった|て(?:い)?(?:ない|ません))|正常(?:に|では)[^。]{0,10}(?:ない|ません)/u,
  },
  {
    good: of(
      `${V}\\s?(?:版本?)?[里中上下]?\\s?(?:是|还是|一切|还|都|的时候|时){0,2}\\s?(?:正常|没有?问题|没有?這個問題|可以|能用|能正常)`,
    ),
    bad: of(
      `(?:升级|升級|更新)(?:到|至|为)\\s?(?:了\\s?)?${V}`,
      `(?:从|自)\\s?${V}\\s?(?:版本?)?(?:开始|起|之后|以后)`,
    ),
    not: /不正常|不能|不可以|无法/u,
  },
  {
    good: of(
      `${V}\\s?(?:버전)?\\s?(?:에서는|에서|까지는|까지|에선)[^.\\n]{0,30}(?:정상|문제\\s?없|동작했|작동했|잘\\s?됐)`,
    ),
    bad: of(`${V}\\s?(?:버전)?\\s?(?:부터|이후|으?로\\s?(?:업데이트|업그레이드))`),
    not: /(?:안\s|못\s|않)/u,
  },
];

/** The versions that a sentence in another language than English names as the last good and the first bad. */
export function sideElsewhere(sentence: string): { readonly good?: string; readonly bad?: string } {
  for (const { good, bad, not } of SAYINGS) {
    const worked = good.map((form) => form.exec(sentence)).find((match) => match !== null);
    // The denial may follow: "Mit 2.4.1 funktioniert es nicht".
    const clause =
      worked === undefined
        ? ""
        : worked[0] + /^[^,;.!?、。，；\n]*/u.exec(sentence.slice(worked.index + worked[0].length))![0];
    const isGood = worked !== undefined && !not.test(clause);
    const fails = bad.map((form) => form.exec(sentence)?.[1]).find((version) => version !== undefined);
    if (isGood)
      return { good: worked[1]!, ...(fails === undefined || fails === worked[1] ? {} : { bad: fails }) };
    if (fails !== undefined) return { bad: fails };
  }
  return {};
}
