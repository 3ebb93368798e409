import { isOnlyCommands } from "../issue/command-lines.ts";
import { textDigest } from "../issue/text-digest.ts";
import { parseCommands } from "../investigation/commands/parse-commands.ts";
import { hasAtLeast, missingRight, type Permission } from "../investigation/commands/rights.ts";
import { type Command, FORMS } from "../investigation/commands/forms.ts";
import type { Origin, Message, Sender } from "../github/webhook-event.ts";
import type { AskPlace, InvestigationEvent } from "../investigation/event.ts";
import { isAnswered } from "../investigation/asks.ts";
import type { Actor, Investigation } from "../investigation/investigation.ts";
import { requestOf } from "../investigation/label.ts";
import type { CommentInfo, IssueInfo } from "../github/github.ts";
import type { RepositoryFacts } from "./repository-facts.ts";
import type { Service } from "./service.ts";
import { checkCommand } from "./check-command.ts";
import { secondOf } from "./time.ts";

/**
 * Deliveries come late and out of order: with a command, the comments of this time before it are read too, and all
 * are taken in the order of their numbers. GitHub speaks of minutes; an hour is far more.
 */
const LATE_MILLISECONDS = 3_600_000;

export interface IssueTrigger {
  readonly place: Origin;
  /** Of an issue or a pull request. */
  readonly number: number;
  readonly isPull: boolean;
  /** Who did what made us look; undefined when nobody did (reconciliation). */
  readonly sender?: Sender;
  readonly message?: Message;
  /** A label that the sender put on. */
  readonly labelled?: string;
  /** A branch of ours is there: the investigation is read back from it even when nobody asks for anything. */
  readonly hasBranch?: boolean;
  /** More that happened, after what is found. */
  readonly also?: readonly InvestigationEvent[];
  /** The delivery that is finished by this. */
  readonly delivery?: string;
}

const BY_ITSELF: AskPlace = { text: "a new issue" };

/** True for the start of a new issue that nobody asked for. */
export function startsByItself(event: InvestigationEvent): boolean {
  return event.kind === "command" && event.place === BY_ITSELF;
}

/** Everything that people ask for on the issue: commands in what was said and around it, request labels that are on it. */
export async function requestsOf(
  service: Service,
  facts: RepositoryFacts,
  issue: IssueInfo,
  trigger: IssueTrigger,
  known: Investigation | undefined,
): Promise<readonly InvestigationEvent[]> {
  const { config, rules } = facts;
  const rights = rightsOf(service, facts);
  const at = secondOf(service.now());
  const text = textDigest(issue);
  const types = rules.known.map(({ type }) => type);
  const events: InvestigationEvent[] = [];
  const isAsking = known?.stage === "needs-info";
  let starts = 0;
  const declined = async (actor: Actor): Promise<string | undefined> => {
    const before = await service.store.startsInLastHour(trigger.place.installation, actor.id);
    return before + starts++ >= config.limits.startsPerHour
      ? `One person can start ${config.limits.startsPerHour} runs an hour here; try again later.`
      : undefined;
  };
  // What the research reads when the next command is carried out.
  let revision = (rules.perPhase ? undefined : known?.base) ?? known?.from ?? facts.repository.defaultBranch;

  const hasRequest = issue.labels.some((label) => requestOf(label, types) !== undefined);
  const messages =
    isAsking ||
    (config.triggers.comments && (trigger.message !== undefined || known !== undefined || hasRequest))
      ? await messagesAround(service, facts, issue, trigger)
      : [];
  for (const { message, sender } of messages) {
    if (config.triggers.comments)
      for (const line of parseCommands(message.body, types)) {
        const place: AskPlace = {
          ...(message.comment === undefined ? {} : { comment: message.comment }),
          text: line.text,
        };
        // Most of the comments around were answered before: they cost nothing and count as no further start.
        if (known !== undefined && isAnswered(known, place)) continue;
        const actor: Actor = { id: sender.id, login: sender.login };
        // Nobody answers a machine that talks nonsense: two bots would talk for ever.
        if (line.kind === "not-understood" && sender.isBot) continue;
        const permission = await rights(sender);
        if (permission === undefined) continue;
        const isStarter = known?.startedBy?.id === actor.id;
        if (line.kind === "not-understood") {
          const isStranger = !isStarter && !hasAtLeast(permission, "triage");
          events.push({ kind: "not-understood", place, actor, note: line.note, isStranger });
          continue;
        }
        const asker = { login: actor.login, permission, isStarter };
        const command: InvestigationEvent = {
          kind: "command",
          command: line.command,
          place,
          actor,
          permission,
          at,
          text: message.issueText ?? text,
        };
        // Who may not give the command is refused before it counts as a start or is looked up.
        if (missingRight(line.command.verb, asker, rules.start) !== undefined) {
          events.push(command);
          continue;
        }
        const note = FORMS[line.command.verb].effect === "starts" ? await declined(actor) : undefined;
        if (note !== undefined) {
          events.push({ kind: "declined", place, actor, note });
          continue;
        }
        const checked = await checkCommand(facts, line.command, { revision, known });
        if ("mistake" in checked) {
          events.push({ kind: "not-understood", place, actor, note: checked.mistake });
          continue;
        }
        if (checked.verb === "investigate") revision = checked.from ?? revision;
        events.push({ ...command, command: checked });
      }
    // After the commands of the same comment: a comment that cancels does not continue the run. An answer is no command, so it
    // counts where comments may hold none.
    const answer = isAsking ? await answerIn(message, sender, issue, rights) : undefined;
    if (answer !== undefined) events.push(answer);
  }
  if (
    config.triggers.opened &&
    trigger.message !== undefined &&
    trigger.message.comment === undefined &&
    !trigger.isPull &&
    (await mayStartByItself(service, facts, issue, trigger))
  ) {
    const { bot } = await service.app.identity();
    const command: Command = { verb: "investigate" };
    events.push({
      kind: "command",
      command,
      place: BY_ITSELF,
      actor: bot,
      permission: rules.start,
      at,
    });
  }
  if (config.triggers.labels)
    for (const label of issue.labels) {
      const request = requestOf(label, types);
      if (request === undefined) continue;
      const by = await labeller(facts, issue, label, trigger);
      const permission = by === undefined ? undefined : await rights(by);
      if (by === undefined || permission === undefined) continue;
      events.push({
        kind: "request-label",
        label,
        ...(request.phase === undefined ? {} : { phase: request.phase }),
        actor: { id: by.id, login: by.login },
        permission,
        at,
        text,
      });
    }
  return events;
}

const DAY = 86_400_000;

/**
 * A new issue may start a run that nobody asked for, within the caps: anybody can open issues, and each run costs. One that may not
 * is not answered.
 */
async function mayStartByItself(
  { store, now, log }: Service,
  { github, repository, config: { limits, who } }: RepositoryFacts,
  { number, author }: IssueInfo,
  { sender }: IssueTrigger,
): Promise<boolean> {
  const refused = (why: string): boolean => {
    log.info(`a new issue starts nothing by itself: ${why}`, { repository: repository.id });
    return false;
  };
  if (author.type === "Bot") {
    if (sender?.appId === undefined || !who.apps.includes(sender.appId)) return refused("a bot opened it");
  } else if (limits.openedAccountDays > 0) {
    const madeAt = await github.accountMadeAt(author.login);
    if (madeAt === undefined || now() - madeAt < limits.openedAccountDays * DAY)
      return refused("the account is too new");
  }
  const of = { repository: repository.id, issue: number };
  const { openedPerDay: perDay, openedPerPerson: perPerson, openedPerMonth: perMonth } = limits;
  const found = await store.startByItself(of, author.id, { perDay, perPerson, perMonth });
  if (found === "allowed") return true;
  return refused(
    found === "month" ? "the cap of 30 days is reached" : `the cap of the ${found} for a day is reached`,
  );
}

/** A person's comment that is more than commands, as what it may be where a phase asked. */
async function answerIn(
  { comment, body }: Message,
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
async function messagesAround(
  { app, now }: Service,
  { github, repository }: RepositoryFacts,
  { number, createdAt }: IssueInfo,
  { message, sender, isPull, number: thread }: IssueTrigger,
): Promise<readonly { readonly message: Message; readonly sender: Sender }[]> {
  const own = message === undefined || sender === undefined ? [] : [{ message, sender }];
  // The text of an issue and a review have no number among the comments.
  if (message !== undefined && (message.comment === undefined || message.comment < 0)) return own;
  const { bot } = await app.identity();
  const from = Math.max(
    (message === undefined ? now() : Date.parse(message.at)) - LATE_MILLISECONDS,
    Date.parse(createdAt),
  );
  const around = await github.comments(repository, isPull ? thread : number, new Date(from).toISOString());
  const others = around
    .filter((comment) => comment.id !== message?.comment && comment.author.id !== bot.id)
    // What was edited is not what somebody once said; its own delivery has the signed words.
    .filter((comment) => comment.updatedAt === comment.createdAt)
    .map((comment) => ({ message: messageOf(comment), sender: senderOf(comment) }));
  return [...own, ...others].sort((a, b) => (a.message.comment ?? 0) - (b.message.comment ?? 0));
}

function messageOf({ id, body, createdAt }: CommentInfo): Message {
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
  { labelled, sender }: IssueTrigger,
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
