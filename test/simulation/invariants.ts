import { readMarker } from "../../src/github/report/marker.ts";
import { isAnswered } from "../../src/investigation/asks.ts";
import { isStateLabel, labelChanges } from "../../src/investigation/label.ts";
import type { Investigation } from "../../src/investigation/investigation.ts";
import { microsOf } from "../../src/llm/money.ts";
import { issueOfBranch } from "../../src/phases/names.ts";
import { BOT, changedPaths, type MemoryDelivery } from "../fakes/memory-github.ts";
import type { IssueKey } from "../../src/store/store.ts";
import { OLD_COMMENT, type People } from "./people.ts";
import { type Call, type Context, MODEL, type Watcher, type World } from "./world.ts";

/** What is promised, each with its bound; `docs/reliability.md` says the same. */
const BOUNDS = {
  /** Milliseconds in which a write may still go out that was allowed before: it waits for its turn. */
  staleWrite: 20_000,
  /** Milliseconds until a delivery of an installation without a fault of its own has ended. */
  otherFault: 90_000,
  /** Requests that an installation gets while it says to wait. */
  requestsWhileLimited: 60,
  /** Writes of an installation in ten seconds. */
  writesInTenSeconds: 14,
  /** Milliseconds until what an installation without a fault of its own should see is shown. */
  otherShown: 180_000,
  /** Times that one run may end its process. */
  poisoned: 4,
  /** Calls of a model that is away for up to three hours, over all runs. */
  inVain: 250,
  /** Requests for looking around, an installation and hour. */
  lookingPerHour: 320,
};
/** The default of `limits.startsPerHour`. */
const STARTS_AN_HOUR = 5;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface Problem {
  /** The name of the promise. */
  readonly what: string;
  readonly more: string;
}

export class Invariants implements Watcher {
  problem: Problem | undefined;
  readonly #world: World;
  readonly #people: People;
  readonly #billed = new Map<string, number>();
  readonly #accepted = new Map<string, { readonly at: number; readonly installation: number }>();
  readonly #writes = new Map<number, number[]>();
  readonly #limited = new Map<number, { until: number; count: number }>();
  readonly #looking = new Map<number, number[]>();
  #lookedAt = 0;

  constructor(world: World, people: People) {
    this.#world = world;
    this.#people = people;
  }

  #broken(what: string, more: string): void {
    this.problem ??= { what, more };
  }

  accepted(delivery: MemoryDelivery, key: string, answer: "stored" | "known"): void {
    if (answer === "stored" && this.#stored.has(key))
      this.#broken("a delivery is stored once", delivery.event);
    if (answer === "stored") this.#stored.add(key);
    if (!this.#accepted.has(key))
      this.#accepted.set(key, { at: this.#world.now(), installation: delivery.installation });
  }

  poisoned(run: string): void {
    const count = (this.#poisoned.get(run) ?? 0) + 1;
    this.#poisoned.set(run, count);
    if (count > BOUNDS.poisoned) this.#broken("a run that ends its process is put aside", `${count} times`);
  }

  askedInVain(): void {
    if (++this.#inVain > BOUNDS.inVain) this.#broken("a model that is away is not asked all the time", "");
  }

  /** A run is wanted; `by` whom. */
  started(by: string, installation: number): void {
    const now = this.#world.now();
    const key = `${by} ${installation}`;
    const starts = (this.#starts.get(key) ?? []).filter((at) => at > now - HOUR);
    starts.push(now);
    this.#starts.set(key, starts);
    // What was started continues with these words, and with a label, and after a pause; that is no start.
    const continued = this.#people.said.filter(
      ({ text, at }) => at > now - 3 * HOUR && !/investigate|root-cause|retry|refresh|status|help/.test(text),
    ).length;
    if (by !== BOT.login && starts.length > STARTS_AN_HOUR + continued + this.#people.disturbances)
      this.#broken("one person starts so much an hour", `${starts.length} by ${by}`);
  }

  readonly #stored = new Set<string>();
  readonly #poisoned = new Map<string, number>();
  readonly #starts = new Map<string, number[]>();
  #inVain = 0;

  billed(context: Context | undefined, micros: number, at: number): void {
    if (context === undefined) return;
    const day = new Date(at).toISOString().slice(0, 10);
    const { budget } = MODEL;
    for (const [key, cap] of [
      [`investigation ${context.repository}#${context.issue}`, budget.investigation],
      [`repository ${context.repository} ${day}`, budget.repositoryPerDay],
    ] as const) {
      const sum = (this.#billed.get(key) ?? 0) + micros;
      this.#billed.set(key, sum);
      if (sum > microsOf(cap)) this.#broken("money is within its caps", `${key}: ${sum}`);
    }
  }

  call(call: Call): void {
    const { installation, context } = call;
    const now = this.#world.now();
    const until = this.#world.limitedUntil.get(installation) ?? 0;
    if (now < until && installation !== 0) {
      const known = this.#limited.get(installation);
      const episode = known?.until === until ? known : { until, count: 0 };
      episode.count++;
      this.#limited.set(installation, episode);
      if (episode.count > BOUNDS.requestsWhileLimited)
        this.#broken("who is told to wait waits", `${installation} was asked ${episode.count} times`);
    }
    if (context?.kind === "reconcile" && installation !== 0) {
      const looks = (this.#looking.get(installation) ?? []).filter((at) => at > now - HOUR);
      looks.push(now);
      this.#looking.set(installation, looks);
      if (looks.length > BOUNDS.lookingPerHour)
        this.#broken("looking around has a budget", `${looks.length} requests in an hour`);
    }
    if (call.isWrite) this.#mayWrite(call);
  }

  #mayWrite({ name, context, sentAt, installation }: Call): void {
    const { staleWrite } = BOUNDS;
    const now = this.#world.now();
    if (installation !== 0) {
      const writes = (this.#writes.get(installation) ?? []).filter((at) => at > now - 10_000);
      writes.push(now);
      this.#writes.set(installation, writes);
      if (writes.length > BOUNDS.writesInTenSeconds)
        this.#broken("writes are spaced", `${writes.length} in ten seconds`);
    }
    if (context === undefined) return;
    if (context.staleSince !== undefined && sentAt - context.staleSince > staleWrite)
      this.#broken(
        "no write after cancel or a lost lease",
        `${name} of a ${context.kind} job ${Math.round((sentAt - context.staleSince) / 1000)} s later`,
      );
  }

  written(call: Call): void {
    const { name, args } = call;
    const repository = (args[0] as { readonly id?: number } | undefined)?.id;
    if (repository === undefined) return;
    if (name === "commit" || name === "createPull") this.#mayPublish(call, repository);
    if (name === "commit") this.#keepsPeoples(repository, args[1] as { readonly branch: string });
    this.#once(repository);
  }

  /** Who asked for it still has the right, and approved what was read. */
  #mayPublish({ name, args, context, sentAt }: Call, repository: number): void {
    const { issue } = context ?? {};
    if (issue === undefined || context === undefined) return;
    const key = `${repository}#${issue}`;
    const starter = this.starters.get(key);
    if (starter !== undefined && starter !== BOT.login) {
      const who = `${repository}:${starter}`;
      if (!this.#people.everHadRight.has(who))
        this.#broken("nothing is published for who had no right", `${name} for ${starter}`);
      const lostAt = this.#people.rightLostAt.get(who);
      if (lostAt !== undefined && sentAt - lostAt > BOUNDS.staleWrite && context.kind !== "forget")
        this.#broken(
          "nothing is published after a right is lost",
          `${name} of a ${context.kind} job for ${starter}, ${Math.round((sentAt - lostAt) / 1000)} s later`,
        );
    }
    if (name !== "commit" || context.kind !== "run") return;
    const closedAt = this.#people.closedAt.get(key);
    const isAskedAnyway = this.#people.said.some(
      (said) => said.repository === repository && said.issue === issue && said.text.includes("refresh"),
    );
    // A run that had begun ends in its own time, also in another process.
    if (closedAt !== undefined && context.begunAt > closedAt + 2 * MINUTE && !isAskedAnyway)
      this.#broken("nothing starts in a closed issue", key);
    const { files } = args[1] as { readonly files: ReadonlyMap<string, string> };
    const isGated = [...files.keys()].some((path) => path.endsWith(`/issue-${issue}-root-cause.md`));
    const place = this.#people.places.find((known) => known.repository.id === repository);
    if (!isGated || place?.repository.name.startsWith("shop") !== true) return;
    const approvedAt = this.#people.approvedAt.get(key);
    const editedAt = this.#people.editedAt.get(key) ?? 0;
    if (approvedAt === undefined) this.#broken("nothing passes a gate that nobody opened", key);
    else if (editedAt > approvedAt && context.startedAt > editedAt + MINUTE)
      this.#broken("nothing passes a gate on a text that was edited", key);
  }

  /** Who started the research now, by `repository#issue`. */
  readonly starters = new Map<string, string>();

  /** No file that a person changed on our branch is written over. */
  #keepsPeoples(repository: number, { branch }: { readonly branch: string }): void {
    const { github } = this.#world;
    const head = github.commit(repository, github.head(repository, branch) ?? "");
    const before = github.commit(repository, head?.parents[0] ?? "");
    if (head === undefined || head.authorId !== BOT.id) return;
    for (const path of changedPaths(head, before)) {
      for (let at = before; at !== undefined && at.parents.length === 1;) {
        const parent = github.commit(repository, at.parents[0]!);
        if (at.files.get(path) !== parent?.files.get(path)) {
          if (at.authorId !== BOT.id)
            this.#broken("no file of a person is written over", `${path} on ${branch}`);
          break;
        }
        at = parent;
      }
    }
  }

  /** At most one branch, pull request and comment. */
  #once(repository: number): void {
    const place = this.#people.places.find((known) => known.repository.id === repository);
    if (place === undefined) return;
    void place.repository.state().then((state) => {
      for (const { number, comments } of state.issues) {
        const ours = comments.filter(
          ({ author, body }) => author === BOT.login && readMarker(body)?.kind === "status",
        );
        if (ours.length > 1) this.#broken("one comment an investigation", `${ours.length} on #${number}`);
        const branches = Object.keys(state.branches).filter((branch) => issueOfBranch(branch) === number);
        if (branches.length > 1) this.#broken("one branch an investigation", branches.join(", "));
        const pulls = state.pulls.filter(
          ({ headBranch, author }) => author === BOT.login && issueOfBranch(headBranch) === number,
        );
        const heads = state.checks.map(({ head }) => head);
        if (new Set(heads).size < heads.length && !this.#world.faults.has("lag"))
          this.#broken("one check run a head", String(heads.length));
        const allowed = 1 + (this.#people.retries.get(`${repository}#${number}`) ?? 0);
        if (pulls.filter(({ state: now }) => now === "open").length > 1 || pulls.length > allowed)
          this.#broken("one pull request an investigation", `${pulls.length} for #${number}`);
      }
    });
  }

  /** After every step. */
  check(): boolean {
    const world = this.#world;
    const now = world.now();
    for (const context of world.active) {
      const isStale = this.isStale(context);
      if (!isStale) delete context.staleSince;
      else context.staleSince ??= now;
    }
    if (now - this.#lookedAt > 5_000) {
      this.#lookedAt = now;
      if (!world.isTroubled()) this.#fair(now);
      else this.#unshown.clear();
      for (const installation of new Set(world.store.admitted().map((run) => run.installation))) {
        const count = world.store.admitted().filter((run) => run.installation === installation).length;
        if (count > 2) this.#broken("runs at once have a limit", `${count} of ${installation}`);
      }
    }
    return this.problem === undefined;
  }

  /** Set by the simulation: what the store says of the run and the lease of a job. */
  isStale: (context: Context) => boolean = () => false;

  #fair(now: number): void {
    const { store, healthy, troubledAt } = this.#world;
    for (const { receivedAt: _, key, installation } of store.waiting()) {
      if (installation === undefined || !healthy.has(installation)) continue;
      const at = Math.max(this.#accepted.get(key)?.at ?? now, troubledAt);
      if (now - at > BOUNDS.otherFault)
        this.#broken("nobody waits for another's fault", `${Math.round((now - at) / 1000)} s`);
    }
    void store.unshown().then((unshown) => this.#isShown(now, unshown));
  }

  readonly #unshown = new Map<string, number>();

  #isShown(now: number, unshown: readonly IssueKey[]): void {
    const keys = new Set(unshown.map(({ repository, issue }) => `${repository}#${issue}`));
    for (const key of this.#unshown.keys()) if (!keys.has(key)) this.#unshown.delete(key);
    for (const { repository, issue } of unshown) {
      const place = this.#people.places.find((known) => known.repository.id === repository);
      if (place === undefined || !this.#world.healthy.has(place.installation)) continue;
      const key = `${repository}#${issue}`;
      const since = this.#unshown.get(key) ?? now;
      this.#unshown.set(key, since);
      if (now - since > BOUNDS.otherShown)
        this.#broken("nobody waits for another's fault", `${key} is not shown for ${(now - since) / 1000} s`);
    }
  }

  /** When the faults are over and time has passed. */
  async end(): Promise<void> {
    const world = this.#world;
    const { store } = world;
    const waiting = store.waiting();
    if (waiting.length > 0)
      this.#broken("every accepted delivery ends", `${waiting.length} wait: ${waiting[0]!.event}`);
    for (const [key] of this.#accepted)
      if ((await store.delivery(key)) === undefined)
        this.#broken("every accepted delivery ends", "one was accepted and is not there");
    const jobs = store.open().filter(({ kind }) => kind !== "reconcile");
    if (jobs.length > 0)
      this.#broken("everything comes to rest", `${jobs.length} jobs: ${JSON.stringify(jobs[0])}`);
    const runs = store.openRunIds();
    if (runs.length > 0) this.#broken("everything comes to rest", `runs: ${runs.join(", ")}`);
    for (const of of await store.unshown()) {
      const investigation = await store.investigation(of);
      this.#broken("every result is shown", `${of.repository}#${of.issue}: ${investigation?.stage}`);
    }
    for (const { repository } of this.#people.places) {
      const state = await repository.state();
      for (const { number, labels, comments } of state.issues) {
        const of = { repository: repository.id, issue: number };
        const investigation = await store.investigation(of);
        if (investigation === undefined) continue;
        const { add, remove } = labelChanges(labels, investigation);
        const ours = comments.filter(({ author }) => author === BOT.login);
        // Nobody asked: Casebook may say nothing, and then it says nothing at all.
        const isSilent = isUnasked(investigation) && !labels.some(isStateLabel) && ours.length === 0;
        if (!isSilent && add.length + remove.length > 0)
          this.#broken(
            "labels say the state",
            `#${number}: +${add.join()} -${remove.join()} ${investigation.stage}`,
          );
        for (const comment of comments)
          if (comment.reactions.filter(({ by }) => by === BOT.login).length > 1)
            this.#broken("one reaction a comment", `#${number}`);
        if (investigation.asks.some(({ comment }) => comment === OLD_COMMENT))
          this.#broken("words of a month ago are not obeyed", `#${number}`);
        if (investigation.stage === "failed" && investigation.reason.includes("an object is missing"))
          this.#broken("a damaged mirror is fetched anew", `#${number}`);
        const body = (await store.idempotencyRecords(of)).get("comment-body");
        const isRemoved = this.#people.removed.has(`${repository.id}#${number}`);
        if (body !== undefined && !isRemoved && !ours.some((comment) => comment.body === body))
          this.#broken("the status comment says the state", `#${number}`);
      }
    }
    const byItself = [...this.starters].filter(([, login]) => login === BOT.login).length;
    if (byItself > 2) this.#broken("new issues start so many runs by themselves", String(byItself));
    for (const key of this.#people.deleted) {
      const [repository = 0, issue = 0] = key.split("#").map(Number);
      if ((await store.investigation({ repository, issue })) !== undefined)
        this.#broken("what was deleted is forgotten", key);
    }
    for (const { repository, issue, comment, login, text } of this.#people.said) {
      const key = `${repository}#${issue}`;
      if (this.#people.gone.has(key)) continue;
      const investigation = await store.investigation({ repository, issue });
      if (investigation === undefined || !isAnswered(investigation, { comment, text }))
        this.#broken("every command is answered", `${login} said ${text} at ${key}`);
    }
  }
}

/** Research that started by itself, and no person asked for anything there. */
function isUnasked({ startedBy, asks, answers }: Investigation): boolean {
  return (
    startedBy?.id === BOT.id &&
    answers === undefined &&
    asks.every(({ by, isReactionOnly }) => by.id === BOT.id || isReactionOnly === true)
  );
}
