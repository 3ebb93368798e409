import { applyPatch } from "../repository/io/apply-patch.ts";
import { openCheckout } from "../repository/io/checkout.ts";
import { openRepository } from "../repository/io/open-repository.ts";
import type { SandboxSettings } from "../sandbox/sandbox-settings.ts";
import type { SuiteSettings } from "../sandbox/suite-settings.ts";
import type { SandboxState } from "../sandbox/sandbox.ts";

/** The files of a commit (40 hex digits), with a patch on them where one is given. */
export interface CommitFiles {
  readonly commit: string;
  readonly patch?: string | undefined;
}

export interface OpenedSandbox {
  readonly state: SandboxState;
  /** Paths that the patch adds, removes or edits. */
  readonly changed: readonly string[];
  /** Gives the files back. */
  readonly close: () => void;
}

/**
 * Opens sandboxes over commits of one repository. The process that reads foreign text starts none itself: it asks through this, and
 * the other side knows what the operator prepared.
 */
export interface SandboxDoor {
  /** Throws RunFailure `usage` for a patch that does not fit, `no-space` and `no-permission`. */
  open(files: CommitFiles, signal: AbortSignal): Promise<OpenedSandbox>;
}

/** The same sandboxes, which say how the project's tests are started. */
export function handingOn(door: SandboxDoor, suite: SuiteSettings | undefined): SandboxDoor {
  if (suite === undefined) return door;
  return {
    async open(files, signal) {
      const opened = await door.open(files, signal);
      if (opened.state.kind === "none") return opened;
      const { sandbox } = opened.state;
      const environment = { ...sandbox.environment, suite };
      return { ...opened, state: { kind: "ready", sandbox: { ...sandbox, environment } } };
    },
  };
}

/** Sandboxes that this process starts. Dispose it: it holds files below `<data>/scratch` and a git process. */
export function sandboxesHere({
  gitDir,
  data,
  settings,
}: {
  readonly gitDir: string;
  readonly data: string;
  readonly settings: SandboxSettings;
}): SandboxDoor & AsyncDisposable {
  const stack = new AsyncDisposableStack();
  let opening: ReturnType<typeof openRepository> | undefined;
  return {
    async open({ commit, patch }, signal) {
      opening ??= openRepository(gitDir, { mirror: true }).then((repository) => stack.use(repository));
      const repository = await opening;
      const checkout = await openCheckout(await repository.tree(commit, signal), data, signal);
      let isOpen = true;
      const close = (): void => {
        if (isOpen) checkout[Symbol.dispose]();
        isOpen = false;
      };
      stack.defer(close);
      try {
        const changed = patch === undefined ? [] : await applyPatch(checkout.path, patch, signal);
        // Loaded when code is to be run: most tasks run none.
        const { openSandbox } = await import("../sandbox/io/open-sandbox.ts");
        return { state: await openSandbox({ ...settings, files: checkout.path }), changed, close };
      } catch (error) {
        close();
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
