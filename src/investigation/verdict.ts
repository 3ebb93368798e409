/** What a person may say of an answer. */
export const VERDICTS = ["right", "partly", "wrong"] as const;

export type VerdictValue = (typeof VERDICTS)[number];
