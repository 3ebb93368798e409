import { openCheckout } from "../repository/io/checkout.ts";
import { RunFailure } from "../failure.ts";
import type { ModelGateway } from "../llm/gateway.ts";
import type { CheckSource } from "../documents/check-document.ts";
import { builtinResearcher, type Researcher } from "../phases/builtin/researcher.ts";
import { once } from "../claims/open-evidence.ts";
import type { SandboxSettings } from "../sandbox/sandbox-settings.ts";
import type { SandboxState } from "../sandbox/sandbox.ts";
import type { ModelResearch } from "../service/research.ts";
import type { SourceTree } from "../repository/source-tree.ts";
import type { ServiceLink } from "./protocol.ts";

/** The researcher of a request. Dispose it: it holds the files that code is run on. */
export async function openResearcher(
  model: ModelResearch | undefined,
  {
    tree,
    source,
    data,
    doubtful,
    link,
    signal,
    onStep,
  }: {
    readonly tree: SourceTree;
    readonly source: CheckSource;
    readonly data: string;
    readonly doubtful: "show" | "drop" | undefined;
    readonly link: ServiceLink;
    readonly signal: AbortSignal;
    readonly onStep: (step: string) => void;
  },
): Promise<AsyncDisposable & { readonly researcher: Researcher }> {
  if (model === undefined)
    return { researcher: builtinResearcher, [Symbol.asyncDispose]: () => Promise.resolve() };
  const stack = new AsyncDisposableStack();
  // Loaded when a model works: a process without one starts without its 120 modules.
  const { modelResearcher } = await import("../agent/model-researcher.ts");
  const researcher = modelResearcher({
    gateway: gatewayOver(link),
    source,
    sandbox: await sandboxFor(model, tree, data, stack, signal),
    limits: model.limits,
    doubtful,
    run: model.run,
    signal,
    now: () => performance.now(),
    onStep,
  });
  return { researcher, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Keys, prices and the journal are on the other side. */
function gatewayOver(link: ServiceLink): ModelGateway {
  return {
    open: (conversation) => link.ask({ kind: "model-open", conversation }),
    next: (question) => link.ask({ kind: "model-next", question }),
    cost: (conversation) => link.ask({ kind: "model-cost", conversation }),
  };
}

/** The built-in researcher with a sandbox that is opened when a report brings code. Dispose it. */
export async function openRunningResearcher({
  sandbox,
  tree,
  data,
  signal,
}: {
  readonly sandbox: SandboxSettings | undefined;
  readonly tree: () => Promise<SourceTree>;
  readonly data: string;
  readonly signal: AbortSignal;
}): Promise<AsyncDisposable & { readonly researcher: Researcher }> {
  const stack = new AsyncDisposableStack();
  const { runningResearcher } = await import("../agent/reported-code.ts");
  return {
    researcher: runningResearcher(
      once(async () => sandboxFor({ sandbox }, await tree(), data, stack, signal)),
    ),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export async function sandboxFor(
  { sandbox }: { readonly sandbox?: SandboxSettings | undefined },
  tree: SourceTree,
  data: string,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<SandboxState> {
  if (sandbox === undefined) return { kind: "none", why: "the operator switched it off" };
  try {
    const { openSandbox } = await import("../sandbox/io/open-sandbox.ts");
    const checkout = stack.use(await openCheckout(tree, data, signal));
    return await openSandbox({ ...sandbox, files: checkout.path });
  } catch (error) {
    if (error instanceof RunFailure) return { kind: "none", why: error.message };
    throw error;
  }
}
