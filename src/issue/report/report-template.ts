import type { ReportBlock } from "./report-blocks.ts";

/** Answers that say nothing. */
const EMPTY =
  /^[\s_*`("'[<-]*(?:n\/?a|none|no|nope|nothing|not applicable|no response|unknown|tbd|todo|null|same|see (?:above|below|title|desc(?:ription|\.)?)|as above|-+|\.+|x|暂无|无|なし|없음|keine?|aucune?|ninguno|nenhum|нет)?[\s_*`)"'\].>:!-]*$/iu;
/** Numbers of steps without the steps. */
/** Steps that a form shows: "Go to '...'", "Do this", "See error". */
const SHOWN_STEP =
  /^(?:\s*(?:[-*]|\d{1,2}[.)])\s+)?(?:(?:go to|click on|scroll down to) ['"‘“]?\.{2,4}['"’”]?|(?:then )?do (?:this|that)|then do that)\.?$/i;
const BARE_NUMBERS = /^(?:\s*\d{1,3}[.)](?:\s+|$)(?:\.{3}|…)?)+$/;

/** Sentences with which forms of public projects address the reporter. They are instructions: second person or imperative. */
const INSTRUCTION =
  /^(?:[-*>_\s(]|<!--)*(?:a (?:clear|short|brief|concise|detailed) (?:and (?:clear|concise) )?(?:description|summary|explanation)|(?:if (?:applicable|possible|relevant|you|the|there|this))\b[^\n]{0,120}\b(?:please|add|provide|include|your|you|paste|share|screenshot)|add (?:any|screenshots?|a)\b|please (?:describe|provide|include|add|paste|fill|make sure|note that (?:we|you)|check|use|read|tick|run|share|specify|search|attach|remove|delete|write|complete|give|insert|replace)|describe (?:the|your|what|how|any)\b|provide (?:a|the|any|your|details|steps|as)\b|paste (?:the|your|here)\b|tell us\b|let us know\b|thank(?:s| you) (?:for|so)\b|steps to reproduce the (?:behaviou?r|bug|problem)\W*$|what (?:did|do|were|are|is) (?:you|your|the)\b[^\n]{0,80}\?\s*$|(?:before|when) (?:you )?(?:submitting|opening|filing|reporting)\b|\(?(?:e\.g\.|for example|optional|required)[^\n]{0,80}\)?\s*$|replace this\b|write (?:a|your|here)\b|insert\b|include (?:any|the|a|as)\b|make sure (?:to|you)\b|briefly (?:describe|explain)\b|explain (?:the|what|how|your)\b|help us\b|you can\b[^\n]{0,80}\b(?:by running|use the|find)\b|output of\b[^\n]{0,60}:?\s*$|run\b[^\n]{0,60}\band paste\b|usually this means\b|use this section\b|we (?:need|recommend|appreciate)\b[^\n]{0,80}\b(?:you|your)\b|note:? (?:if|please)\b)/i;
/** `[e.g. iOS 8.1]`, `<your version>`, `{version}`: an example where the answer belongs. */
const PLACEHOLDER =
  /^[\s\-*]*(?:[\w .]{0,40}:\s*)?(?:\[(?:e\.?g\.?|for example|such as|your|insert|fill)[^\]\n]{0,120}\]|<(?:your|insert|version|fill)[^>\n]{0,80}>|\{[^{}\n]{1,120}\})\s*$/i;

/** Whether a block is the form's and not the reporter's, or says nothing. */
export function isTemplate(block: ReportBlock): boolean {
  const text = block.text.trim();
  if (block.isForm === true) return true;
  if (block.kind === "code") return EMPTY.test(text);
  // A form asks for a system by its boxes.
  if (block.checked === true && block.part === "environment") return text.length > 60;
  if (block.checked !== undefined || block.part === "form") return true;
  if (SHOWN_STEP.test(text) || EMPTY.test(text) || BARE_NUMBERS.test(text) || PLACEHOLDER.test(text))
    return true;
  return isInstruction(text);
}

/** Whether a sentence addresses whoever fills the form. */
export function isInstruction(text: string): boolean {
  return INSTRUCTION.test(text.replace(/^[_*\s]+/, ""));
}
