import type { SimulatedGitHub, SimulatedRepository } from "../../src/adapters/simulated-github/contract.ts";
import type { GitHubApp } from "../../src/engine/github/github.ts";
export type MemoryRepository = Omit<SimulatedRepository, "gitDir" | "review" | "rerequestCheck">;
export interface MemoryGitHub {
  readonly app: GitHubApp;
  createRepository(owner: string, name: string, options: Parameters<SimulatedGitHub["createRepository"]>[2]): Promise<MemoryRepository>;
  installation(owner: string): Promise<number>;
  suspend(owner: string): Promise<void>;
  unsuspend(owner: string): Promise<void>;
  uninstall(owner: string): Promise<void>;
  readonly webhooks: { settled(): Promise<void> };
}
export function memoryGitHub(): MemoryGitHub { throw new Error("not yet"); }
