/** What a line of a comment asks for. A closed grammar: an argument is one of these fields or the line is not understood. */
export type Command =
  | {
      readonly verb: "investigate";
      /** Phase type; all phases when undefined. */
      readonly to?: string;
      /** US dollars. */
      readonly budget?: number;
      readonly model?: string;
      /** A branch, tag or commit to read instead of the default branch. */
      readonly from?: string;
    }
  | { readonly verb: "run"; readonly phase: string }
  | { readonly verb: "approve" }
  | { readonly verb: "reject"; readonly reason: string }
  | { readonly verb: "retry"; readonly phase?: string }
  | { readonly verb: "skip"; readonly phase: string }
  /** `path:3-9`, as written. */
  | { readonly verb: "at"; readonly lines: string }
  | { readonly verb: "cancel" | "pause" | "resume" | "refresh" | "status" | "help" };

export type Verb = Command["verb"];
