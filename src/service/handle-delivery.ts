import { issueOfBranch } from "../phases/names.ts";
import type { InvestigationEvent } from "../investigation/event.ts";
import type { WebhookEvent, Origin } from "../github/webhook-event.ts";
import { readDelivery } from "../github/read-delivery.ts";
import { sendCheck } from "./check-head.ts";
import { decideAll, processIssue } from "./process-issue.ts";
import { CONFIG_FILE, NO_RULES, repositoryFacts } from "./repository-facts.ts";
import { secondOf } from "./time.ts";
import type { Service } from "./service.ts";

/** Handles a stored delivery. Doing it twice changes nothing. */
export async function handleDelivery(service: Service, { key }: { readonly key: string }): Promise<void> {
  const { store, app, log } = service;
  const delivery = await store.delivery(key);
  if (delivery === undefined || delivery.outcome !== undefined) return;
  const { appId, bot } = await app.identity();
  const event = readDelivery(delivery.event, delivery.payload, { appId, botId: bot.id });
  log.info(`delivery ${delivery.event}: ${event.kind}`, { delivery: delivery.guid });
  const { deliveryDays } = service.settings;
  if (isOld(event, delivery.receivedAt - deliveryDays * DAY))
    return store.finishDelivery(key, `its words are older than ${deliveryDays} days, so they are not obeyed`);
  if (await isAnsweredAlready(service, event))
    return store.finishDelivery(key, "answered with another delivery");
  await act(service, event, key);
}

const DAY = 86_400_000;

/**
 * A person said it before `time`. GitHub's log of deliveries does not go back so far: it was sent for the first time all the same,
 * and nobody expects it to be obeyed any more.
 */
function isOld(event: WebhookEvent, time: number): boolean {
  const said = event.kind === "issue" || event.kind === "pull" ? event.message?.at : undefined;
  return said !== undefined && Date.parse(said) < time;
}

/** Comments of a time are answered together: what a burst of them asks costs one look at GitHub. */
async function isAnsweredAlready({ store }: Service, event: WebhookEvent): Promise<boolean> {
  if (event.kind !== "issue" || event.isPull || event.message?.comment === undefined) return false;
  const { comment } = event.message;
  const known = await store.investigation({ repository: event.place.repository, issue: event.number });
  // An answer to a question may stand beside a command.
  return (
    known !== undefined && known.stage !== "needs-info" && known.asks.some((ask) => ask.comment === comment)
  );
}

async function act(service: Service, event: WebhookEvent, key: string): Promise<void> {
  const { store } = service;
  // The next `track` job, or the next run, reads what changed: one reading for all changes until then.
  if (event.kind === "said" || event.kind === "issue" || event.kind === "pull")
    await store.trackerChanged(event.place.repository);
  switch (event.kind) {
    case "ignored":
    case "malformed":
      return store.finishDelivery(key, event.why);
    case "issue":
      // The store knows whether an answer is waited for; GitHub is not asked for every word between people.
      if (event.hasNoCommand === true && !(await awaitsAnswer(service, event)))
        return store.finishDelivery(key, "no command in it");
      return processIssue(service, { ...event, delivery: key });
    case "said":
      return store.finishDelivery(key, "the tracker is read on");
    case "comment-removed":
      await commentRemoved(service, event);
      return store.finishDelivery(key, "done");
    case "pull":
      return pull(service, event, key);
    case "push":
      return push(service, event, key);
    case "rerequested":
      await rerequested(service, event);
      return store.finishDelivery(key, "done");
    case "repository":
      await repository(service, event);
      return store.finishDelivery(key, "done");
    case "installation":
      await installation(service, event);
      return store.finishDelivery(key, "done");
  }
}

type Of<K extends WebhookEvent["kind"]> = Extract<WebhookEvent, { kind: K }>;

async function awaitsAnswer({ store }: Service, { place, number }: Of<"issue">): Promise<boolean> {
  const known = await store.investigation({ repository: place.repository, issue: number });
  return known?.stage === "needs-info";
}

/** GitHub is asked: the event's name is not part of what is signed. */
async function commentRemoved(
  { store, app }: Service,
  { place, comment }: Of<"comment-removed">,
): Promise<void> {
  const { installation, repository } = place;
  if ((await store.tracker(repository)).state === undefined) return;
  const found = await app.forInstallation(installation).comment({ id: repository, ...place }, comment);
  if (found === undefined) await store.forgetTracked(repository, { comment });
}

async function pull(
  service: Service,
  { place, number, branch, sender, message, approves }: Of<"pull">,
  key: string,
): Promise<void> {
  const issue = issueOfBranch(branch);
  const found =
    issue === undefined
      ? undefined
      : await service.app
          .forInstallation(place.installation)
          .pull({ id: place.repository, ...place }, number);
  // The name of a branch proves nothing: a fork can have one like ours.
  if (issue === undefined || found === undefined || !found.isOwnBranch)
    return service.store.finishDelivery(key, "a pull request that is not ours");
  const { bot } = await service.app.identity();
  const also: InvestigationEvent[] =
    found.author.id === bot.id ? [{ kind: "pull", number, state: found.state }] : [];
  if (approves && !sender.isBot) {
    const permission = await service.app
      .forInstallation(place.installation)
      .permission({ id: place.repository, ...place }, sender.login);
    also.push({
      kind: "command",
      command: { verb: "approve" },
      place: {
        ...(message?.comment === undefined ? {} : { comment: message.comment }),
        text: `review of #${number}`,
      },
      actor: { id: sender.id, login: sender.login },
      permission,
      at: secondOf(service.now()),
    });
  }
  await processIssue(service, {
    place,
    number: issue,
    isPull: false,
    sender,
    ...(message === undefined ? {} : { message }),
    also,
    delivery: key,
  });
}

async function push(
  service: Service,
  { place, branch, isDefault, head, sender }: Of<"push">,
  key: string,
): Promise<void> {
  const { store } = service;
  if (isDefault) {
    await store.send(
      { kind: "configure", repository: place.repository, installation: place.installation },
      { key: String(place.repository) },
    );
    return store.finishDelivery(key, `${CONFIG_FILE} is looked at again`);
  }
  const issue = issueOfBranch(branch);
  if (issue === undefined || head === undefined) return store.finishDelivery(key, "not a branch of ours");
  const also: InvestigationEvent[] = [{ kind: "person-committed", sha: head, login: sender.login }];
  await processIssue(service, { place, number: issue, isPull: false, sender, also, delivery: key });
  await store.send(
    { kind: "sync", repository: place.repository, issue },
    { key: `${place.repository}#${issue}` },
  );
}

/** Somebody pressed the re-run button of our check. */
async function rerequested({ store }: Service, { place, head }: Of<"rerequested">): Promise<void> {
  for (const { investigation } of await store.investigations(place.repository)) {
    const of = { repository: place.repository, issue: investigation.issue };
    const idempotencyRecords = await store.idempotencyRecords(of);
    if (!idempotencyRecords.has(`check:${head}`)) continue;
    await store.saveIdempotencyRecord(of, `check:${head}`, undefined);
    await sendCheck(store, of, head);
  }
}

async function repository(service: Service, { place, action }: Of<"repository">): Promise<void> {
  const { store } = service;
  const known = await store.repository(place.repository);
  if (known === undefined) return;
  // What is taken away for good is asked for once more: the event's name is not part of what is signed.
  if (action === "deleted" && (await repositoryFacts(service, place)).kind === "unreachable")
    return removeRepository(service, place.repository, place.installation);
  await store.saveRepository({
    ...known,
    owner: place.owner,
    name: place.name,
    installation: place.installation,
  });
  await processAll(service, place);
  // What is shown names the repository and links into it.
  if (action === "renamed" || action === "transferred")
    for (const { investigation } of await store.investigations(place.repository))
      await store.send(
        { kind: "sync", repository: place.repository, issue: investigation.issue },
        { key: `${place.repository}#${investigation.issue}` },
      );
}

async function installation(
  service: Service,
  { installation: id, action, removed }: Of<"installation">,
): Promise<void> {
  const { store, app } = service;
  for (const repository of removed) await removeRepository(service, repository, id);
  switch (action) {
    case "created":
    case "changed":
      for (const { owner, name, id: repository } of await app.repositoriesOf(id))
        if ((await store.repository(repository)) === undefined)
          await store.saveRepository({ id: repository, installation: id, owner, name });
      return;
    case "deleted":
      for (const { id: repository } of await store.repositories(id))
        await removeRepository(service, repository, id);
      return;
    case "suspend":
    case "unsuspend":
      for (const { id: repository, owner, name } of await store.repositories(id))
        await processAll(service, { installation: id, repository, owner, name });
      return;
  }
}

/** The App has no right there any more: what it knows of people's issues goes. */
async function removeRepository({ store }: Service, repository: number, installation: number): Promise<void> {
  for (const { investigation } of await store.investigations(repository)) {
    const of = { repository, issue: investigation.issue };
    await store.change({ ...of, installation }, (current) =>
      current === undefined
        ? undefined
        : decideAll(current, [{ kind: "gone", why: "uninstalled" }], NO_RULES),
    );
  }
  await store.removeRepository(repository);
}

async function processAll(service: Service, place: Origin): Promise<void> {
  for (const { investigation } of await service.store.investigations(place.repository))
    await processIssue(service, { place, number: investigation.issue, isPull: false });
}
