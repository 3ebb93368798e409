import { textDigest } from "../issue/text-digest.ts";
import { issueOfBranch } from "../phases/names.ts";
import type { Origin } from "../github/webhook-event.ts";
import type { Decision, Effect, InvestigationEvent, Rules } from "../investigation/event.ts";
import { decide } from "../investigation/decide.ts";
import { type Investigation, newInvestigation } from "../investigation/investigation.ts";
import { HOLD_LABEL, labelChanges } from "../investigation/label.ts";
import type { IssueKey } from "../store/store.ts";
import { NO_RULES, type RepositoryFacts, repositoryFacts } from "./repository-facts.ts";
import { whyConfidential } from "./confidential.ts";
import { restoreFromBranch } from "./our-branch.ts";
import { readingMirror } from "./renew-mirror.ts";
import { admitRuns, type Service } from "./service.ts";
import { requestsOf, startsByItself, type IssueTrigger } from "./read-requests.ts";

/** Bringing the mirror of a large repository takes minutes. */
const RESTORE_MINUTES = 10;

/**
 * Reads what GitHub says of an issue now and lets the investigation follow it. The reason for looking matters little:
 * whatever order deliveries come in, the last look sees everything.
 */
export async function processIssue(service: Service, trigger: IssueTrigger): Promise<void> {
  const { place, delivery } = trigger;
  const { store } = service;
  const done = async (outcome: string): Promise<void> => {
    if (delivery !== undefined) await store.finishDelivery(delivery, outcome);
  };
  const facts = await repositoryFacts(service, place);
  const number =
    facts.kind === "facts" && trigger.isPull ? await issueOfPull(facts, trigger.number) : trigger.number;
  if (number === undefined) return done("a pull request that is not ours");
  const of = { repository: place.repository, issue: number };
  const known = await store.investigation(of);
  if (facts.kind === "unreachable") {
    if (known === undefined) return done(facts.why);
    await change(service, of, place, [{ kind: "reach", unreachable: facts.why }], undefined, trigger);
    return;
  }
  const answer = await facts.github.issue(facts.repository, number);
  if (answer.kind !== "issue") {
    await store.forgetTracked(place.repository, { issue: number });
    if (known === undefined) return done(`the issue was ${answer.kind}`);
    const gone: InvestigationEvent =
      answer.kind === "deleted"
        ? { kind: "gone", why: "deleted" }
        : { kind: "gone", why: "transferred", to: answer.to };
    await change(service, of, place, [gone], facts.rules, trigger);
    return;
  }
  // A pull request of somebody else can carry commands and labels; there is nothing to investigate in it.
  if (answer.issue.isPullRequest) return done("a pull request that is not ours");
  if (facts.problems.length > 0)
    await store.send(
      { kind: "configure", repository: place.repository, installation: place.installation },
      { key: String(place.repository) },
    );
  const why = await whyConfidential(facts, answer.issue);
  // Nobody asked for it, so nobody is answered.
  const asked = (await requestsOf(service, facts, answer.issue, trigger, known)).filter(
    (event) => why === undefined || !startsByItself(event),
  );
  if (
    known === undefined &&
    asked.length === 0 &&
    (trigger.also ?? []).length === 0 &&
    trigger.hasBranch !== true
  )
    return done("nothing was asked");
  const start = known ?? (await restored(service, facts, number));
  const events: readonly InvestigationEvent[] = [
    { kind: "reach", unreachable: undefined },
    { kind: "configuration", problem: facts.stopped },
    {
      kind: "seen",
      closed: answer.issue.state === "closed",
      locked: answer.issue.locked,
      held: answer.issue.labels.some((label) => label.toLowerCase() === HOLD_LABEL),
    },
    { kind: "confidential", why },
    ...asked,
    ...(trigger.also ?? []).map((event) =>
      event.kind === "command" ? { ...event, text: textDigest(answer.issue) } : event,
    ),
  ];
  const now = await change(service, of, place, events, facts.rules, trigger, start);
  if (now === undefined) return;
  // A state label that somebody changed is put right; nothing else of it is listened to.
  const { add, remove } = labelChanges(answer.issue.labels, now);
  if (add.length + remove.length > 0)
    await store.send({ kind: "sync", ...of }, { key: `${of.repository}#${of.issue}` });
}

async function restored(
  service: Service,
  facts: RepositoryFacts,
  issue: number,
): Promise<Investigation | undefined> {
  const limit = service.deadline(RESTORE_MINUTES);
  limit.restart();
  try {
    const of = { repository: facts.repository.id, issue };
    return await readingMirror(service, facts.repository, of, () =>
      restoreFromBranch(facts, issue, service.research, limit.signal),
    );
  } finally {
    limit.clear();
  }
}

/** Lets several events happen one after the other, in one transaction. */
export function decideAll(
  investigation: Investigation,
  events: readonly InvestigationEvent[],
  rules: Rules,
): Decision<Investigation> {
  let current = investigation;
  const effects: Effect[] = [];
  for (const event of events) {
    const decision = decide(current, event, rules);
    current = decision.investigation;
    effects.push(...decision.effects);
  }
  return { investigation: current, effects };
}

async function change(
  service: Service,
  of: IssueKey,
  place: Origin,
  events: readonly InvestigationEvent[],
  rules: Rules = NO_RULES,
  { delivery }: IssueTrigger,
  start?: Investigation,
): Promise<Investigation | undefined> {
  const { store, log } = service;
  const changed = await store.change(
    { ...of, installation: place.installation },
    (stored) => decideAll(stored ?? start ?? newInvestigation(of.repository, of.issue), events, rules),
    delivery === undefined ? {} : { finishDelivery: { key: delivery, outcome: "done" } },
  );
  await admitRuns(service);
  log.info("looked at an issue", {
    investigation: `${of.repository}#${of.issue}`,
    installation: place.installation,
    ...(delivery === undefined ? {} : { delivery }),
  });
  return changed;
}

/** Our pull request's issue, by its branch. */
async function issueOfPull(
  { github, repository }: RepositoryFacts,
  number: number,
): Promise<number | undefined> {
  const pull = await github.pull(repository, number);
  return pull?.isOwnBranch === true ? issueOfBranch(pull.headBranch) : undefined;
}
