const ABLE = "(?:allow|make|enable|help|give|let|solve|fix)";
/** People of a report; their doing is a step, not a fault. */
const PERSON = "(?:i|we|you|they|users?|developers?|people|someone|somebody|one)";
const NOT =
  "(?:does|do|did|is|are|was|were|has|have|can|could|will|would|wo|ca)(?:n't| not| never)|cannot|can't|won't|never";
const ACTION =
  "(?:run|ran|use|used|set|add|added|create|created|write|wrote|install|installed|call|called|try|tried|make|made|open|opened|click|clicked|build|built|start|started|load|loaded|upgrade|upgraded|update|updated|change|changed|define|defined|enable|enabled|import|imported|pass|passed|execute|executed|configure|configured|put|type|typed|paste|pasted|do|did|have|had)";

/**
 * What a sentence does, by its grammar: its mood, its tense, who acts. One row a feature; each pattern is bounded, so that
 * a long sentence costs no more than its length.
 */
const MOODS: readonly (readonly [string, RegExp])[] = [
  // What ought to be.
  [
    "ought",
    /(?<!\b(?:what|how|which|whether|if|where|who|why|you|i)(?: \w+){0,3} )\b(?:should(?:n't| not)?|should't|ought to|must(?:n't| not)?|(?:is|are|was|were) (?:supposed|meant|expected) to|needs? to|ha(?:s|ve) to)\b/i,
  ],
  [
    "should",
    /(?<!\b(?:what|how|which|whether|if|where|who|why|you|i)(?: \w+){0,3} )\bshould(?:n't|'t| not)?\b(?! (?:still |also |now )?be(?: an?| quite| very| pretty| fairly| relatively){0,2} (?:easy|simple|trivial|straightforward|possible|rare|fine|noted|problem|issue|used to)| go with| take| prefer| be some)/i,
  ],
  [
    "wishes",
    /\b(?:i|we)(?: am| are|'m|'re)?(?: also| really| only| just)? (?:want|wish|hope|hoping|proposing|suggest|suggesting|request|prefer|expect|expected|expecting)\b(?! to (?:know|ask|assert|set|propose))|\b(?:i|we)(?:'d| would)(?: \w+)? (?:like|love|want|expect|prefer|hope|suggest|be (?:happy|glad) (?:if|to see))\b(?! to (?:know|ask|take|help|work|contribute|implement|move|propose|provide|submit))|\bhopefully\b/i,
  ],
  [
    "would be good",
    /\b(?:would|might|may|could)(?: also| probably| really)? be(?: \w+)? (?:nice|great|good|useful|helpful|handy|awesome|cool|easier|better|ideal|desirable|convenient|enough|natural|more|a (?:nice|great|good|useful|big|welcome))\b|\bwould help\b|\b(?:is|be) desirable\b/i,
  ],
  [
    "asks for",
    /\b(?:(?:can|could|should|may|shall) (?:we|you|this|it|there)\b(?! confirm)|would it be|is it possible|any chance|is there (?:any|a) (?:chance|plan|eta|way|option)|please (?:add|support|allow|make|consider|implement|provide|fix)|how about|what about|would (?:a|an|some|the|there)\b)/i,
  ],
  [
    "proposes",
    /\b(?:we|one|it|this|they|users?|that|you) (?:can|could|may|might) (?:then |also |simply |instead |just |even |now )?(?:be|have|add|use|do|write|make|look|either|allow|support|provide|extend)\b|\b(?:propos(?:e|al|ed)|suggest(?:ed|ion)|feature request|solution|idea|goal|plan|purpose) (?:is|would be|here is|was)\b|^(?:some|a|an|the) (?:way|option|ability|possibility|method|flag|mechanism|function)\b|^(?:ability|allow(?:ing)?|add(?:ing)?|support|extend|rename|expose|provide|introduce|implement|ignore|make|replace|remove|change|use|enable|let|instead of)\b/i,
  ],
  [
    "with it",
    /\b(?:with|using) (?:this|such an?|that|these) (?:feature|option|change|flag|setting|approach|proposal|function|method)\b|\bthis (?:would|could|can|will)\b/i,
  ],
  [
    "would",
    new RegExp(
      String.raw`\b(?:would|could|'d)\b(?! (?:like|love) to (?:know|ask))(?!.{0,20}\b${ABLE}\b.{0,20}\?)`,
      "i",
    ),
  ],
  [
    "right",
    /\b(?:correct(?:ly)?|properly|as expected|as intended|the expected|expected (?:output|result|behaviou?r)|is (?:valid|allowed|legal)|are (?:valid|allowed|legal)|works? (?:fine|well|as)|used to work|was able to|were able to|just fine)\b/i,
  ],
  [
    "according",
    /\b(?:according to|per the|the (?:spec|specification|docs|documentation|manual|standard|rfc)|documented|rfc ?\d+)\b/i,
  ],
  // Whatever is thought of, weighed or offered.
  [
    "supposes",
    /^(?:if|assuming|suppose|supposing|unless|in case|one (?:alternative|option|counter)|another|an alternative|alternatively|perhaps|maybe|note|btw|by the way|fyi|also note)\b/i,
  ],
  [
    "offers",
    /\b(?:i(?:'d| would|'ll| will| can|'m| am) (?:be )?(?:happy|glad|love|like|willing|interested|able|submit|open|make|work|take|try|send)|let me know|thanks|thank you|pull request|pr\b|contribut\w+|any help|any idea)/i,
  ],
  // What is the case and is bad.
  ["negated", new RegExp(String.raw`\b(?:${NOT})\b`, "i")],
  ["thing negated", new RegExp(String.raw`(?<!\b${PERSON} )\b(?:${NOT})\b`, "i")],
  [
    "cannot",
    /\b(?:cannot|can't|can not|could not|couldn't|unable to|not able to|no way to|not possible|impossible|is(?:n't| not) (?:supported|possible|available|allowed|implemented|exposed|accessible))\b/i,
  ],
  [
    "fails",
    /\b(?:fail(?:s|ed|ing)?|break(?:s|ing)?|broke|broken|crash(?:es|ed|ing)?|panic(?:s|ked|king)?|hang(?:s|ing)?|hung|abort(?:s|ed)?|segfaults?|assert(?:s|ed)?|blows up|errors? out|stops? (?:working|\w+ing)|stopped|gets? stuck|freezes?|leaks?|loses?|lost|segv|segmentation fault|froze|frozen|stuck|misaligned|not load\w*)\b/i,
  ],
  [
    "throws",
    /\b(?:throw(?:s|n|ing)?|threw|raise(?:s|d)?|rais(?:ing)|emit(?:s|ted)?|report(?:s|ed)?|complain(?:s|ed)?|produc(?:es|ed)|prints?|printed|return(?:s|ed)?|yields?|outputs?|generates?|generated|logs?|shows?|showed|displays?|gives?|gave)\b[^.]{0,60}\b(?:errors?|exceptions?|warnings?|panic|traceback|null|nil|none|nan|undefined|empty|nothing|wrong|incorrect|invalid|instead|\d{3}|`[^`]{1,60}`)/i,
  ],
  [
    "error",
    /\b(?:errors?|exceptions?|traceback|stack ?trace|warnings?|panic|segfault|assertion|violation|NaN|[A-Z]\w{1,40}(?:Error|Exception))\b/,
  ],
  [
    "following error",
    /\b(?:following|this|next|an?|the|same|below|above)(?: \w+){0,2} (?:errors?|exceptions?|warnings?|message|stack ?trace|panic|crash|output|result)\b/i,
  ],
  [
    "gets",
    /\b(?:i|we|you|one|users?)(?:'ll| will| then| always| also| still| just| only| now| do| would| have)? (?:get|got|gets|see|saw|sees|notice|noticed|receive|received|hit|encounter|encountered|ran into|run into|end up|ended up|observe|observed|experienc\w+|find|found|face|faced|spotted)\b/i,
  ],
  [
    "leads to",
    /\b(?:results?|resulted|resulting) in\b|\bleads? to\b|\bled to\b|\bcaus(?:es?|ed|ing)\b|\bends? up\b|\bbecomes?\b|\bturns? (?:in)?to\b|\bthis (?:breaks|means|makes)\b|\bwill (?:be|cause|get|not|have|show|fail|throw|return|receive|launch)\b|\bseems? (?:to|like|that)\b|\bappears? to\b/i,
  ],
  [
    "instead",
    /\b(?:instead(?: of)?|rather than|even (?:though|if|when)|despite|regardless|whereas|unlike|as opposed to)\b|^(?:but|however|unfortunately|sadly|yet|still|although|clearly|instead)\b/i,
  ],
  ["begins but", /^(?:but|however|unfortunately|sadly|yet|although|though)\b/i],
  [
    "now",
    /\b(?:currently|current(?: \w+)? (?:behaviou?r|logic|implementation|version)|right now|at the moment|at present|today|as of (?:now|\d|v\d|version)|so far|now|existing|built-in|still|always|only|no longer|anymore|any more)\b/i,
  ],
  [
    "since",
    /\b(?:since|after|when|as of|from)(?: \w+){0,4} (?:upgrad\w+|updat\w+|version|v?\d+\.\d+|release)|\b(?:after|since) (?:upgrading|updating|v?\d|#\d)/i,
  ],
  [
    "bad",
    /\b(?:wrong(?:ly)?|incorrect(?:ly)?|unexpected(?:ly)?|invalid|missing|ignor(?:es|ed|ing)|overrid\w+|overwrit\w+|duplicat\w+|reversed|unwanted|unnecessar\w+|redundant|confusing|misleading|uninformative|inconsistent\w*|mangled|corrupt\w*|truncat\w+|messed|typo|bug|buggy|false(?:ly)?|hard ?coded|weird|strange|awkward|gotcha|limitation|lack\w*|misses|omits?|skips?|drops?|stays?|remains?|resets?|passes .{1,40} unmodified)\b/i,
  ],
  [
    "problem is",
    /\b(?:problem|issue|bug|trouble|cause|reason|culprit|downside|drawback|offending \w+)(?: here| is| with| was| that| seems| appears)/i,
  ],
  [
    "there is no",
    /\bthere (?:is|are|was|were|'s|isn't|aren't)(?: currently)?(?: also)? (?:no|not|only|an?|some|extra|still)\b|\bno (?:way|option|support|method|function|api)\b/i,
  ],
  [
    "passive",
    /\b(?:is|are|was|were|gets?|got|being|been)(?: \w+ly)?(?: not)? \w{2,20}(?:ed|en|own|lt|nt|ut|ound)\b/i,
  ],
  [
    "fails elsewhere",
    /\b(?:funktioniert (?:\w+ )?nicht|geht (?:\w+ )?nicht|(?:lässt|lassen) sich nicht|nicht möglich|fehler\w*|stürzt|no (?:funciona|inicia|puedo|se puede|logro|aparece)|fall[ao]|ne (?:fonctionne|marche|s'ouvre|peut) \w+|impossible de|erreur|plante|não (?:funciona|consigo|abre|estou|aparece)|erro)\b|не (?:работа|запуска|открыва|удал|могу|получа)\p{L}*|ошибк|ничего не|слома|不能|无法|無法|打不开|失败|失敗|报错|错误|没有反应|崩溃|(?:でき|出来|動か|動き|起動し|表示され)(?:ない|ません)|しなくなる|エラー|落ちる|안 ?됩니다|않습니다|오류/iu,
  ],
  [
    "wishes elsewhere",
    /\b(?:erwart\w*|wäre (?:es )?(?:schön|gut|sinnvoll|toll|hilfreich)|sollte\w*|wünsch\w*|möchte|debería\w*|esperaba|quisiera|me gustaría|sería (?:bueno|útil)|devrait|j'attendais|je m'attend\w*|il (?:faudrait|serait)|proposer|souhait\w*|deveria|esperava|gostaria|seria (?:bom|útil))\b|ожида\p{L}*|долж(?:ен|на|но|ны)|хотелось|добавьте|期望|希望|预期|应该|應該|建议|增加|期待|べき|(?:して|て)(?:欲しい|ほしい|ください)|想定/iu,
  ],
  [
    "gets elsewhere",
    /\b(?:bekomme|erhalte|kommt|wird|liefert|obtengo|recibo|sale|devuelve|je reçois|j'obtiens|j'ai|affiche|renvoie|recebo|aparece|retorna|tô encontrando)\b|получа\p{L}*|выда[её]т|появля\p{L}*|得到|出现|显示|返回|变成|表示され|なります|になる|返され/iu,
  ],
  // What somebody does.
  [
    "does",
    new RegExp(
      String.raw`^(?:\S{1,30} ){0,2}(?:i|we)(?:'ve| have|'m|'d)?(?: also| then| just| first| recently| am| \w+ly)? ${ACTION}\b`,
      "i",
    ),
  ],
  [
    "does somewhere",
    new RegExp(
      String.raw`\b(?:i|we)(?:'ve| have|'m)?(?: also| then| just| first| recently| am)? ${ACTION}\b`,
      "i",
    ),
  ],
  [
    "doing",
    /\b(?:when|after|by|while|on|if|before|once)(?: i| we| you| one)?(?: am| are|'m)?(?: trying to| try to| attempting to)? (?:run|us|call|creat|pass|sett|add|execut|install|build|open|upgrad|updat|load|send|import|writ|mak|chang|clos|click|start|pars|configur|attempt|turn|remov|do|enabl|format|convert|compil|access|invok)(?:n|t)?(?:ing|s|e)?\b/i,
  ],
  [
    "running",
    /^(?:try(?:ing)? to |just )?(?:running|calling|using|executing|building|compiling|installing|creating|invoking|opening|formatting|passing|setting|adding|loading|starting|parsing|clicking)\b/i,
  ],
  [
    "given",
    /\b(?:given|consider|suppose|imagine|take|for|with|using|has|have|like|run(?:ning)?|call(?:ing)?|execut\w+|compil\w+|on|in|test|format(?:ting)?)\b(?: \w+){0,2} (?:the following|following|this|these|a|an|the|such|below)(?: \w+){0,4} (?:code|program|script|test|template|example|snippet|file|query|schema|input|command|class|function|struct|enum|data|project|config\w*|component|setup|document|line|block|tests?)\b/i,
  ],
  [
    "this code",
    /^(?:(?:the following|this|these|here(?:'s| is| are)|below is|following|minimal|simple|example|sample|consider|given|e\.?g\.?|for example|for instance)\b)/i,
  ],
  [
    "reproduces",
    /\b(?:reproduc\w+|repro|minimal (?:example|case|code|working)|mcve|mwe|to trigger|playground|demo)\b/i,
  ],
  [
    "commands",
    /^(?:\d+[.)]\s*)?(?:then |now |and |finally |first |next |just |please |simply )?(?:run|create|open|click|add|set|call|write|start|try|go|install|build|define|execute|save|load|select|type|enter|press|switch|configure|put|change|remove|delete|launch|compile|clone|copy|perform|navigate|send|insert|paste|close|wait|enable|disable|generate|declare|edit|update|deploy|invoke|have|use|make|import|initiali[sz]e|get back|get|take|move|hover|drag|toggle|check out|checkout|download|visit|register|mount|render|refresh|reload|restart|observe|notice|see|turn)\b/i,
  ],
  ["all code", /^(?:[-*>\s]|\d+[.)])*`[^`]+`[.:]?$/],
  ["begins with code", /^`[^`]+`/],
  ["link alone", /^<?https?:\/\/\S+>?$/],
  ["introduces code", /[:：]\s*$/],
  [
    "observes",
    /^(?:\d+[.)]\s*)?(?:observe|notice|see|look|the (?:result|output)|result|output|it (?:fails|crashes|should))\b/i,
  ],
  [
    "cites",
    /\b(?:see|related|similar to|same as|refer\w*|discussed|mentioned|fixed (?:by|in)|as (?:in|seen)|introduced (?:in|by))\b.{0,40}(?:#\d+|https?:)|^https?:\/\/\S+$/i,
  ],
  [
    "explains",
    /\b(?:because|since|due to|the reason|so that|therefore|thus|hence|in order to|as (?:it|this|the))\b/i,
  ],
  ["past", /\b(?:was|were|did|had|went|\w{3,}ed)\b/i],
  ["person first", /^(?:i|we|my|our)\b/i],
  ["it first", /^(?:it|this|that|these|those|they)\b/i],
  ["code first", /^(?:the )?`/i],
  ["the first", /^(?:the|a|an)\b/i],
  ["when first", /^(?:when(?:ever)?|if|after|once|as soon as|while|upon)\b/i],
  ["in first", /^(?:in|with|on|for|using|given|at|by|from)\b/i],
];

/** Names of what a sentence does. Linear in its length. */
export function moodsOf(sentence: string): readonly string[] {
  const text = sentence.replace(/[’‘]/g, "'").replace(/^[\s>*_]+/, "");
  return MOODS.filter(([, form]) => form.test(text)).map(([name]) => name);
}
