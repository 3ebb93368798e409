import type { Customer } from "../llm/model-settings.ts";
import type { Micros } from "../llm/money.ts";
import type { RepositoryConfig } from "../investigation/settings/repository-config.ts";
import type { ModelGateway } from "../llm/gateway.ts";
import type { IssueKey } from "../store/store.ts";
import type { ModelResearch } from "./research.ts";

/** Where a run gets its models and its money. */
export interface ModelProvider {
  /** Names that a command or a repository may choose from; empty when this customer may use none. */
  names(customer: Customer): readonly string[];
  /** US dollars that the operator allows. */
  budget(customer: Customer): { readonly phase: number; readonly investigation: number };
  /** What an issue cost over all its runs, those counted that were stopped or failed, and calls that may have to be paid. */
  spent(of: IssueKey): Promise<Micros>;
  /** Models and money for one run. */
  open(order: ModelOrder): { readonly gateway: ModelGateway; readonly research: ModelResearch };
  /** Removes the conversations with models about an issue; the cost stays counted. */
  forget(of: IssueKey): Promise<void>;
  /** Removes conversations with models from before a moment (milliseconds since 1970); the cost stays counted. */
  forgetBefore(at: number): Promise<void>;
}

export interface ModelOrder extends IssueKey {
  /** A run that is taken up again has the same name. */
  readonly run: string;
  readonly customer: Customer;
  /** The model that somebody asked for; else the repository's and the operator's choice for each phase. */
  readonly wanted?: string | undefined;
  readonly models: RepositoryConfig["models"];
  /** US dollars, lowered by everybody who may. */
  readonly budget: RepositoryConfig["budget"];
  /** That a phase may take before it is stopped. */
  readonly minutes: number;
}
