import { microsOf } from "../../domain/model/money.ts";
import { budgetFor, type ModelSettings, modelsFor } from "../../domain/model/model-settings.ts";
import type { Journal } from "../../engine/agent/journal.ts";
import type { Model } from "../../engine/agent/model.ts";
import { paidGateway } from "../../engine/agent/paid-gateway.ts";
import type { ModelDesk } from "../../engine/service/model-desk.ts";
import type { IssueKey } from "../../engine/store/store.ts";
import type { SandboxSettings } from "../../engine/service/research.ts";
import { limitsOf, purposeOf } from "../models/open-model-run.ts";

export interface ModelDeskOptions {
  readonly settings: ModelSettings;
  readonly models: ReadonlyMap<string, Model>;
  readonly journal: Journal;
  readonly sandbox: SandboxSettings | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The operator's models and caps; keys stay in this process. */
export function openModelDesk({ settings, models, journal, sandbox, now }: ModelDeskOptions): ModelDesk {
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
    forget: (of) => journal.forget({ investigation: investigationOf(of) }),
    open({ run, repository, issue, customer, wanted, models: chosen, budget }) {
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
          const names = chosen[purpose] ?? (purpose === "judge" ? undefined : chosen["default"]);
          const rows =
            wanted !== undefined || names === undefined
              ? modelsFor(settings, purpose, {
                  ...customer,
                  wanted: purpose === "judge" ? undefined : wanted,
                })
              : names.flatMap((name) => modelsFor(settings, purpose, { ...customer, wanted: name }));
          return rows.flatMap(({ name }) => models.get(name) ?? []);
        },
        caps: {
          // A phase that may cost as much as the whole has no cap of its own: who is told of one is told of the right one.
          ...(phase < investigation ? { phase } : {}),
          investigation,
          repositoryPerDay: microsOf(limit.repositoryPerDay),
          installationPerMonth: microsOf(limit.installationPerMonth),
        },
        now,
      });
      return {
        gateway,
        research: { run, limits: limitsOf(settings), ...(sandbox === undefined ? {} : { sandbox }) },
      };
    },
  };
}

/** Names an investigation in the journal, over all its runs. */
function investigationOf({ repository, issue }: IssueKey): string {
  return `${repository}#${issue}`;
}
