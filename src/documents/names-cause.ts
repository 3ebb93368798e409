/** Words that name a cause or propose a fix: no document about what a reporter sees holds them. */
export function namesCauseOrFix(statement: string): boolean {
  return /\b(the cause (is|lies)|is caused by|to fix (it|this)|should be (changed|fixed))\b/i.test(statement);
}
