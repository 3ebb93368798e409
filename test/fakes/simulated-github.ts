import {
  type SimulatedGitHubOptions,
  startSimulatedGitHub as start,
} from "../../src/simulator/github/start-simulated-github.ts";
import type { SimulatedGitHub } from "../../src/simulator/github/contract.ts";
import { openApi } from "./openapi/validate.ts";

/** The simulated GitHub with every request and response checked against GitHub's own description. */
export function startSimulatedGitHub(options: SimulatedGitHubOptions = {}): Promise<SimulatedGitHub> {
  return start({ ...options, description: openApi() });
}
