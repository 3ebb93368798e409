import { RunFailure } from "../../src/failure.ts";
import type { ModelGateway } from "../../src/llm/gateway.ts";
import type { Entry } from "../../src/llm/transcript.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import { belongsTo, documentFileOf, specFileOf, specIdOf } from "../../src/phases/names.ts";
import { edit, phaseSpec, readRunnable } from "../../src/phases/phase-spec.ts";
import type { PhaseResult } from "../../src/phases/phase-result.ts";
import type { Mirror, Research } from "../../src/service/research.ts";
import { changedPaths, type MemoryGitHub } from "../fakes/memory-github.ts";
import type { Chance } from "./scheduler.ts";

export interface ResearchWorld {
  readonly github: MemoryGitHub;
  readonly chance: Chance;
  /** Repositories whose mirror of this process is damaged. */
  readonly damaged: Set<number>;
  /** Fails when git or its network does. */
  readonly reach: (repository: number) => Promise<void>;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Replies that a model gives for a phase. */
const STEPS = 3;

/**
 * The port `Research` without code and languages: real specs, a document of a line, a conversation through the real gateway. It
 * reads what git had when the mirror was opened, with a token that counts then.
 */
export function simulatedResearch(world: ResearchWorld): Research {
  const { github, chance, pause } = world;
  return {
    async openMirror(repository, token, signal): Promise<Mirror> {
      await pause(chance.between(100, 20_000), signal);
      await world.reach(repository.id);
      if (github.readsWith(token) !== repository.id)
        throw new RunFailure("repository-unreachable", "git is not let in");
      const state = new Map<string, string>();
      const { id } = repository;
      const commit = (oid: string): NonNullable<ReturnType<MemoryGitHub["commit"]>> => {
        if (world.damaged.has(id)) throw new RunFailure("damaged-mirror", "an object is missing");
        const found = github.commit(id, oid);
        if (found === undefined) throw new RunFailure("unknown-revision", `there is no ${oid}`);
        return found;
      };
      return {
        mirror: String(id),
        async resolve(revision) {
          const head = state.get(revision) ?? github.head(id, revision) ?? revision;
          state.set(revision, head);
          return commit(head).oid;
        },
        async filesOf(oid, key) {
          return new Map([...commit(oid).files].filter(([path]) => belongsTo(key, path)));
        },
        pull: async () => undefined,
        async changedBy(commits) {
          return new Set(
            commits.flatMap((oid) => {
              const found = commit(oid);
              return changedPaths(found, github.commit(id, found.parents[0] ?? ""));
            }),
          );
        },
      };
    },
    discardMirror: ({ id }) => void world.damaged.delete(id),
    async investigate(request, { publisher, gateway, onPhase, onStep }, signal) {
      const { issue, base } = request;
      const phases: PhaseResult[] = [];
      for (const type of request.phases) {
        const phase = PHASES.find((known) => known.type === type)!;
        await onPhase({ kind: "start", phase: type });
        onStep("reads");
        await pause(chance.between(2_000, 120_000), signal);
        if (world.damaged.has(Number(request.mirror)))
          throw new RunFailure("damaged-mirror", "an object is missing");
        const partial =
          gateway === undefined || request.model === undefined
            ? undefined
            : await converse(gateway, type, issue.title, signal);
        const files = await publisher.current();
        const [specFile, documentFile] = [specFileOf(issue.key, phase), documentFileOf(issue.key, phase)];
        const id = specIdOf(issue.key, phase);
        const text =
          files.get(specFile) ??
          phaseSpec({ issueKey: issue.key, issueTitle: issue.title, phase, present: PHASES });
        readRunnable(text, id, specFile);
        const document = `# ${phase.title} of issue ${issue.key}\n\nBase commit: \`${base}\`\n`;
        const started = edit(text, { set: { status: "in_progress" } }, specFile);
        await publisher.publish({
          files: new Map([
            [specFile, started],
            [documentFile, document],
          ]),
          message: `chant(${id}): write`,
        });
        const status = partial === undefined ? "completed" : "needs_attention";
        await publisher.publish({
          files: new Map([[specFile, edit(started, { set: { status } }, specFile)]]),
          message: `chant: end ${id}`,
        });
        const result: PhaseResult = {
          type,
          status,
          criteria: [],
          dropped: 0,
          files: [documentFile],
          ...(partial === undefined ? {} : { partial }),
          ...(gateway === undefined ? {} : { cost: await gateway.cost(type) }),
        };
        phases.push(result);
        await onPhase({ kind: "end", result });
      }
      return { issue: issue.key, baseCommit: base, place: publisher.place, phases, unchanged: [] };
    },
    async check(_, signal) {
      await pause(chance.between(500, 5_000), signal);
      return [];
    },
    async compareFix(_, signal) {
      await pause(chance.between(500, 5_000), signal);
      return [];
    },
    test: () => Promise.reject(new Error("no change is tested in the simulation")),
  };
}

/** Asks until the model has said enough; gives the reason when money ended it early. */
async function converse(
  gateway: ModelGateway,
  conversation: string,
  title: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const entries: Entry[] = [...(await gateway.open(conversation))];
  for (let step = entries.filter(({ kind }) => kind === "reply").length; step < STEPS; step++) {
    const last = entries.at(-1);
    const at = last?.kind === "request" ? entries.length - 1 : entries.length;
    const request: Entry = { kind: "request", text: `${title}: step ${step}` };
    const asked = last?.kind === "request" ? [last] : [request];
    const answer = await gateway.next({ conversation, at, entries: asked, tools: [] }, signal);
    if (answer.kind === "over") return answer.why;
    if (answer.kind === "unavailable")
      throw new RunFailure(answer.mayPass ? "model-unavailable" : "model-refused", answer.why);
    entries.splice(at, entries.length - at, ...asked, answer.reply);
  }
  return undefined;
}
