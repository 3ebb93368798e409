import { coChange } from "../co-change/signals/co-change.ts";
import type { FileSignal } from "../co-change/signal.ts";
import type { NearSignal, Signal, Weighted } from "./signal.ts";
import { calledBy } from "./signals/called-by.ts";
import { changeWords } from "./signals/change-words.ts";
import { entryPoint } from "./signals/entry-point.ts";
import { executed } from "./signals/executed.ts";
import { fileName } from "./signals/file-name.ts";
import { folder } from "./signals/folder.ts";
import { functionWords } from "./signals/function.ts";
import { history } from "./signals/history.ts";
import { importedBy } from "./signals/imported-by.ts";
import { mention } from "./signals/mention.ts";
import { message } from "./signals/message.ts";
import { namedChange } from "./signals/named-change.ts";
import { namedLine } from "./signals/named-line.ts";
import { stackFrame } from "./signals/stack-frame.ts";
import { testName } from "./signals/test-name.ts";
import { words } from "./signals/words.ts";

export interface RankingSignals {
  /** What speaks for a file by itself. */
  readonly direct: readonly Weighted<Signal>[];
  /** What needs the ranking of the direct ones. */
  readonly near: readonly Weighted<NearSignal>[];
  /** What ties a file to the first one: it completes the set and never changes the first place. */
  readonly companions: readonly Weighted<FileSignal>[];
}

/**
 * Every signal with its weight: what its best score adds to a file's logit. Learned by `npm run learn:ranking`, which
 * prints the weights and their cross-validation over repositories (docs/decisions/ranking.md).
 */
export const SIGNALS: RankingSignals = {
  direct: [
    // By hand: learning gives it nothing, as traces are rare and their paths are mentions, too.
    [stackFrame, 0.4],
    [message, 0.97],
    [mention, 1.21],
    // By hand: learned it is 0.86, as a link to lines is a mention, too; but the reporter's own line stands first.
    [namedLine, 2],
    [namedChange, 0.77],
    // By hand: five development issues bring a program that runs with a tracer (docs/benchmarks.md).
    [executed, 1],
    [fileName, 1.68],
    [testName, 0.27],
    [history, 0.57],
    [changeWords, 1.73],
    [words, 3.44],
  ],
  near: [
    [functionWords, 1.61],
    [calledBy, 0.57],
    [importedBy, 0.52],
    [folder, 0.67],
    [entryPoint, 0.53],
  ],
  // Learned given a right first file it is 2.2; no weight up to 3 lost a case of either set (docs/decisions/ranking.md).
  companions: [[coChange, 2]],
};
