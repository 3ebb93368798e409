import type { Actor } from "../investigation/investigation.ts";

/** Where something happened; everything by GitHub's numbers. */
export interface Origin {
  readonly installation: number;
  readonly repository: number;
  readonly owner: string;
  readonly name: string;
}

/** Who did it, as the signed body says. */
export interface Sender extends Actor {
  readonly isBot: boolean;
  /** The App that acted for the sender, when the body names one. */
  readonly appId?: number;
}

/** Words of a person as they were signed by GitHub: what counts for commands, whatever was edited since. */
export interface Message {
  /** Below zero: a review, its number negated. Undefined: the text of the issue itself. */
  readonly comment?: number;
  readonly body: string;
  /** ISO 8601. */
  readonly at: string;
  /** The digest of the issue's title and text at that moment (`textDigest`), when the body holds them. */
  readonly issueText?: string;
}

/** What a webhook means to Casebook. */
export type WebhookEvent =
  | { readonly kind: "ignored"; readonly why: string }
  /** The body does not have the shape of the event that its header names. */
  | { readonly kind: "malformed"; readonly why: string }
  /** Look at this issue (or pull request): something about it changed. */
  | {
      readonly kind: "issue";
      readonly place: Origin;
      readonly number: number;
      readonly isPull: boolean;
      readonly sender: Sender;
      readonly message?: Message;
      /** What was said holds no command: it matters only where a phase asked something. */
      readonly hasNoCommand?: true;
      readonly labelled?: string;
    }
  /** Something was said or edited that asks nothing of us: the index of the tracker is to be read on. */
  | { readonly kind: "said"; readonly place: Origin }
  /** A comment was removed. */
  | { readonly kind: "comment-removed"; readonly place: Origin; readonly comment: number }
  | {
      readonly kind: "pull";
      readonly place: Origin;
      readonly number: number;
      readonly branch: string;
      readonly sender: Sender;
      readonly message?: Message;
      /** A review that approves. */
      readonly approves: boolean;
    }
  | {
      readonly kind: "push";
      readonly place: Origin;
      readonly branch: string;
      readonly isDefault: boolean;
      /** 40 hex digits; undefined when the branch was removed. */
      readonly head?: string;
      readonly sender: Sender;
    }
  | { readonly kind: "repository"; readonly place: Origin; readonly action: string }
  | {
      readonly kind: "installation";
      readonly installation: number;
      readonly action: "created" | "deleted" | "suspend" | "unsuspend" | "changed";
      readonly removed: readonly number[];
    }
  | { readonly kind: "rerequested"; readonly place: Origin; readonly head: string; readonly sender: Sender };
