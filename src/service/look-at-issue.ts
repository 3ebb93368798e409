import { issueOfBranch } from "../phases/names.ts";
import { isOnlyCommands } from "../issue/command-lines.ts";
import { parseCommands } from "../investigation/commands/parse-commands.ts";
import type { Permission } from "../investigation/commands/rights.ts";
import { type Command, FORMS } from "../investigation/commands/forms.ts";
import type { Place, Said, Sender } from "../github/webhook-event.ts";
import type { AskPlace, Decision, Effect, InvestigationEvent, Rules } from "../investigation/event.ts";
import { isAnswered } from "../investigation/asks.ts";
import { decide } from "../investigation/decide.ts";
import { type Actor, type Investigation, newInvestigation } from "../investigation/investigation.ts";
import { HOLD_LABEL, requestOf, labelChanges } from "../investigation/label.ts";
import type { CommentInfo, IssueInfo } from "../github/github.ts";
import type { IssueKey } from "../store/store.ts";
import { NO_RULES, type RepositoryFacts, repositoryFacts } from "./repository-facts.ts";
import { restoreFromBranch } from "./our-branch.ts";
import { admitRuns, type Service } from "./service.ts";
import { secondOf } from "./time.ts";

/**
 * Deliveries come late and out of order: with a command, the comments of this time before it are read too, and all
 * are taken in the order of their numbers. GitHub speaks of minutes; an hour is far more.
 */
const LATE_MILLISECONDS = 3_600_000;
/** Bringing the mirror of a large repository takes minutes. */
const RESTORE_MILLISECONDS = 600_000;

export interface Look {
  readonly place: Place;
  /** Of an issue or a pull request. */
  readonly number: number;
  readonly isPull: boolean;
  /** Who did what made us look; undefined when nobody did (reconciliation). */
  readonly sender?: Sender;
  readonly said?: Said;
  /** A label that the sender put on. */
  readonly labelled?: string;
  /** A branch of ours is there: the investigation is read back from it even when nobody asks for anything. */
  readonly hasBranch?: boolean;
  /** More that happened, after what is found. */
  readonly also?: readonly InvestigationEvent[];
  /** The delivery that is finished by this. */
  readonly delivery?: string;
}

/**
 * Reads what GitHub says of an issue now and lets the investigation follow it. The reason for looking matters little:
 * whatever order deliveries come in, the last look sees everything.
 */
export async function lookAtIssue(service: Service, look: Look): Promise<void> {
  const { place, delivery } = look;
  const { store } = service;
  const done = async (outcome: string): Promise<void> => {
    if (delivery !== undefined) await store.finishDelivery(delivery, outcome);
  };
  const facts = await repositoryFacts(service, place);
  const number = facts.kind === "facts" && look.isPull ? await issueOfPull(facts, look.number) : look.number;
  if (number === undefined) return done("a pull request that is not ours");
  const of = { repository: place.repository, issue: number };
  const known = await store.investigation(of);
  if (facts.kind === "unreachable") {
    if (known === undefined) return done(facts.why);
    await change(service, of, place, [{ kind: "reach", unreachable: facts.why }], undefined, look);
    return;
  }
  const answer = await facts.github.issue(facts.repository, number);
  if (answer.kind !== "issue") {
    if (known === undefined) return done(`the issue was ${answer.kind}`);
    const gone: InvestigationEvent =
      answer.kind === "deleted"
        ? { kind: "gone", why: "deleted" }
        : { kind: "gone", why: "transferred", to: answer.to };
    await change(service, of, place, [gone], facts.rules, look);
    return;
  }
  // A pull request of somebody else can carry commands and labels; there is nothing to investigate in it.
  if (answer.issue.isPullRequest) return done("a pull request that is not ours");
  if (facts.problems.length > 0)
    await store.send(
      { kind: "configure", repository: place.repository, installation: place.installation },
      { key: String(place.repository) },
    );
  const asked = await requestsOf(service, facts, answer.issue, look, known);
  if (known === undefined && asked.length === 0 && (look.also ?? []).length === 0 && look.hasBranch !== true)
    return done("nothing was asked");
  const start =
    known ??
    (await restoreFromBranch(facts, number, service.research, AbortSignal.timeout(RESTORE_MILLISECONDS)));
  const events: readonly InvestigationEvent[] = [
    { kind: "reach", unreachable: undefined },
    { kind: "configuration", problem: facts.stopped },
    {
      kind: "seen",
      closed: answer.issue.state === "closed",
      locked: answer.issue.locked,
      held: answer.issue.labels.some((label) => label.toLowerCase() === HOLD_LABEL),
    },
    ...asked,
    ...(look.also ?? []),
  ];
  const now = await change(service, of, place, events, facts.rules, look, start);
  if (now === undefined) return;
  // A state label that somebody changed is put right; nothing else of it is listened to.
  const { add, remove } = labelChanges(answer.issue.labels, now);
  if (add.length + remove.length > 0)
    await store.send({ kind: "sync", ...of }, { key: `${of.repository}#${of.issue}` });
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
  place: Place,
  events: readonly InvestigationEvent[],
  rules: Rules = NO_RULES,
  { delivery }: Look,
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

/** Everything that people ask for on the issue: commands in what was said and around it, request labels that are on it. */
async function requestsOf(
  service: Service,
  facts: RepositoryFacts,
  issue: IssueInfo,
  look: Look,
  known: Investigation | undefined,
): Promise<readonly InvestigationEvent[]> {
  const { config, rules } = facts;
  const rights = rightsOf(service, facts);
  const at = secondOf(service.now());
  const types = rules.known.map(({ type }) => type);
  const events: InvestigationEvent[] = [];
  const isAsking = known?.stage === "needs-info";
  let starts = 0;
  const declined = async (actor: Actor): Promise<string | undefined> => {
    const before = await service.store.startsInLastHour(look.place.installation, actor.id);
    return before + starts++ >= config.limits.startsPerHour
      ? `One person can start ${config.limits.startsPerHour} times an hour here; try again later.`
      : undefined;
  };

  const hasRequest = issue.labels.some((label) => requestOf(label, types) !== undefined);
  const words =
    isAsking || (config.triggers.comments && (look.said !== undefined || known !== undefined || hasRequest))
      ? await wordsAround(service, facts, issue, look)
      : [];
  for (const { said, sender } of words) {
    if (config.triggers.comments)
      for (const line of parseCommands(said.body, types)) {
        const place: AskPlace = {
          ...(said.comment === undefined ? {} : { comment: said.comment }),
          text: line.text,
        };
        // Most of what stands around was answered before; it costs nothing and counts as no further start.
        if (known !== undefined && isAnswered(known, place)) continue;
        const actor: Actor = { id: sender.id, login: sender.login };
        if (line.kind === "not-understood") {
          // Nobody answers a machine that talks nonsense: two bots would talk for ever.
          if (!sender.isBot) events.push({ kind: "not-understood", place, actor, note: line.note });
          continue;
        }
        const permission = await rights(sender);
        if (permission === undefined) continue;
        const note = FORMS[line.command.verb].effect === "starts" ? await declined(actor) : undefined;
        events.push(
          note === undefined
            ? { kind: "command", command: line.command, place, actor, permission, at }
            : { kind: "declined", place, actor, note },
        );
      }
    // After the commands of the same comment: who cancels in it does not go on by it. An answer is no command, so it
    // counts where comments may hold none.
    const answer = isAsking ? await answerIn(said, sender, issue, rights) : undefined;
    if (answer !== undefined) events.push(answer);
  }
  if (config.triggers.opened && look.said !== undefined && look.said.comment === undefined && !look.isPull) {
    const { bot } = await service.app.identity();
    const command: Command = { verb: "investigate" };
    events.push({
      kind: "command",
      command,
      place: { text: "a new issue" },
      actor: bot,
      permission: rules.start,
      at,
    });
  }
  if (config.triggers.labels)
    for (const label of issue.labels) {
      const request = requestOf(label, types);
      if (request === undefined) continue;
      const by = await labeller(facts, issue, label, look);
      const permission = by === undefined ? undefined : await rights(by);
      if (by === undefined || permission === undefined) continue;
      events.push({
        kind: "request-label",
        label,
        ...(request.phase === undefined ? {} : { phase: request.phase }),
        actor: { id: by.id, login: by.login },
        permission,
        at,
      });
    }
  return events;
}

/** A person's comment that is more than commands, as what it may be where a phase asked. */
async function answerIn(
  { comment, body }: Said,
  sender: Sender,
  { author }: IssueInfo,
  rights: (sender: Sender) => Promise<Permission | undefined>,
): Promise<InvestigationEvent | undefined> {
  // What a machine writes answers nothing, not even to a machine that opened the issue.
  if (comment === undefined || comment <= 0 || sender.isBot || isOnlyCommands(body)) return undefined;
  const permission = await rights(sender);
  if (permission === undefined) return undefined;
  return {
    kind: "answered",
    comment,
    actor: { id: sender.id, login: sender.login },
    permission,
    isReporter: sender.id === author.id,
  };
}

/**
 * What was said, as it was signed, and the unedited comments of the time around it, oldest first. So the order of the
 * deliveries does not count, and neither does one that is still on its way.
 */
async function wordsAround(
  { app, now }: Service,
  { github, repository }: RepositoryFacts,
  { number, createdAt }: IssueInfo,
  { said, sender, isPull, number: thread }: Look,
): Promise<readonly { readonly said: Said; readonly sender: Sender }[]> {
  const own = said === undefined || sender === undefined ? [] : [{ said, sender }];
  // The text of an issue and a review stand apart from the comments.
  if (said !== undefined && (said.comment === undefined || said.comment < 0)) return own;
  const { bot } = await app.identity();
  const from = Math.max(
    (said === undefined ? now() : Date.parse(said.at)) - LATE_MILLISECONDS,
    Date.parse(createdAt),
  );
  const around = await github.comments(repository, isPull ? thread : number, new Date(from).toISOString());
  const others = around
    .filter((comment) => comment.id !== said?.comment && comment.author.id !== bot.id)
    // What was edited is not what somebody once said; its own delivery has the signed words.
    .filter((comment) => comment.updatedAt === comment.createdAt)
    .map((comment) => ({ said: saidIn(comment), sender: senderOf(comment) }));
  return [...own, ...others].sort((a, b) => (a.said.comment ?? 0) - (b.said.comment ?? 0));
}

function saidIn({ id, body, createdAt }: CommentInfo): Said {
  return { comment: id, body, at: createdAt };
}

function senderOf({ author, appId }: CommentInfo): Sender {
  return {
    id: author.id,
    login: author.login,
    isBot: author.type === "Bot",
    ...(appId === undefined ? {} : { appId }),
  };
}

/** Who put the label on: the sender of the delivery that says so, else GitHub's own record. */
async function labeller(
  { github, repository }: RepositoryFacts,
  issue: IssueInfo,
  label: string,
  { labelled, sender }: Look,
): Promise<Sender | undefined> {
  if (labelled?.toLowerCase() === label.toLowerCase() && sender !== undefined) return sender;
  const by = await github.labelledBy(repository, issue.number, label);
  return by === undefined ? undefined : { id: by.id, login: by.login, isBot: by.type === "Bot" };
}

/**
 * What somebody may do, asked once in a look. Undefined for bots that nobody allowed by their App's number: they are not
 * answered at all. The name proves nothing.
 */
function rightsOf(
  { log }: Service,
  { github, repository, config }: RepositoryFacts,
): (sender: Sender) => Promise<Permission | undefined> {
  const asked = new Map<string, Promise<Permission>>();
  return async ({ login, isBot, appId }) => {
    if (isBot) {
      if (appId !== undefined && config.who.apps.includes(appId)) return "write";
      log.info("refused a bot that is not allowed", { repository: repository.id });
      return undefined;
    }
    let permission = asked.get(login);
    if (permission === undefined) asked.set(login, (permission = github.permission(repository, login)));
    return permission;
  };
}
