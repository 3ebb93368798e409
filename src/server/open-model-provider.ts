import { microsOf } from "../llm/money.ts";
import { budgetFor, type ModelSettings, modelsFor } from "../llm/model-settings.ts";
import type { Journal } from "../llm/journal.ts";
import type { Model } from "../llm/model.ts";
import { paidGateway } from "../llm/paid-gateway.ts";
import type { ModelProvider, ModelOrder } from "../service/model-provider.ts";
import type { IssueKey } from "../store/store.ts";
import { limitsOf, purposeOf } from "../research/open-model-run.ts";

/** Share of a phase's time for the model. */
const TIME_TO_PUBLISH = 0.9;

export interface ModelProviderOptions {
  readonly settings: ModelSettings;
  readonly models: ReadonlyMap<string, Model>;
  readonly journal: Journal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Throws the signal's reason. Default: in real time. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** The operator's models and caps; keys stay in this process. */
export function openModelProvider({
  settings,
  models,
  journal,
  now,
  sleep,
}: ModelProviderOptions): ModelProvider {
  return {
    names: (customer) => {
      const allowed = new Set(
        ["default", ...Object.keys(settings.phases)].flatMap((phase) =>
          modelsFor(settings, phase, customer).map(({ name }) => name),
        ),
      );
      return settings.models.map(({ name }) => name).filter((name) => allowed.has(name));
    },
    budget: (customer) => budgetFor(settings, customer),
    async spent(of) {
      const payer = { investigation: investigationOf(of), repository: of.repository, installation: 0 };
      return (await journal.taken(payer, now())).investigation;
    },
    forgetBefore: async (at) => void (await journal.forgetBefore(at)),
    forget: (of) => journal.forget({ investigation: investigationOf(of) }),
    open({ run, repository, issue, customer, wanted, models: chosen, budget, minutes }) {
      const limit = budgetFor(settings, customer);
      const [phase, investigation] = [
        microsOf(budget.phase ?? limit.phase),
        microsOf(budget.investigation ?? limit.investigation),
      ];
      const gateway = paidGateway({
        journal,
        run,
        payer: {
          investigation: investigationOf({ repository, issue }),
          repository,
          installation: customer.installation ?? 0,
        },
        modelsFor(conversation) {
          const purpose = purposeOf(conversation);
          const names = namesFor(purpose, { chosen, wanted, settings });
          const rows =
            names === undefined
              ? modelsFor(settings, purpose, customer)
              : names.flatMap((name) => modelsFor(settings, purpose, { ...customer, wanted: name }));
          return rows.flatMap(({ name }) => models.get(name) ?? []);
        },
        caps: {
          // A phase cap as high as the investigation's would be reported instead of it.
          ...(phase < investigation ? { phase } : {}),
          investigation,
          repositoryPerDay: microsOf(limit.repositoryPerDay),
          installationPerMonth: microsOf(limit.installationPerMonth),
        },
        now,
        ...(sleep === undefined ? {} : { sleep }),
      });
      const limits = limitsOf(settings);
      // The model ends before the phase is stopped, so that its findings are published.
      const milliseconds = Math.min(limits.milliseconds, TIME_TO_PUBLISH * minutes * 60_000);
      return {
        gateway,
        research: { run, limits: { ...limits, milliseconds } },
      };
    },
  };
}

/**
 * Names in the order of the tries; undefined: the operator's choice. A person's wish goes first, then the repository's
 * configuration. The judge is another model where the operator or the repository names one.
 */
function namesFor(
  purpose: string,
  {
    chosen,
    wanted,
    settings,
  }: {
    readonly chosen: ModelOrder["models"];
    readonly wanted: string | undefined;
    readonly settings: ModelSettings;
  },
): readonly string[] | undefined {
  const own = (key: string): readonly string[] | undefined =>
    Object.hasOwn(chosen, key) ? chosen[key] : undefined;
  const asked = wanted === undefined ? undefined : [wanted];
  if (purpose !== "judge") return asked ?? own(purpose) ?? own("default");
  return own("judge") ?? (Object.hasOwn(settings.phases, "judge") ? undefined : asked);
}

/** The journal's name for an investigation, the same for all its runs. */
function investigationOf({ repository, issue }: IssueKey): string {
  return `${repository}#${issue}`;
}
