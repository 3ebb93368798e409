import type { Permission } from "../../src/investigation/commands/rights.ts";
import { issueOfBranch } from "../../src/phases/names.ts";
import type { MemoryRepository } from "../fakes/memory-github.ts";
import type { World } from "./world.ts";

/** What people said and did, as far as the service must follow it. */
export interface Said {
  readonly repository: number;
  readonly issue: number;
  readonly comment: number;
  readonly login: string;
  readonly text: string;
  readonly at: number;
}

interface Place {
  readonly repository: MemoryRepository;
  readonly installation: number;
  readonly issues: number[];
}

const WRITERS = ["ann", "max"];
const COMMANDS = [
  "/casebook investigate",
  "/casebook investigate",
  "/casebook investigate",
  "/casebook root-cause",
  "/casebook cancel",
  "/casebook pause",
  "/casebook resume",
  "/casebook retry",
  "/casebook retry",
  "/casebook approve",
  "/casebook approve",
  "/casebook refresh",
  "/casebook status",
  "/casebook help",
  "/casebook reject wrong",
  "/casebook nonsense",
];
/** Opened by people, by repository; where new issues start by themselves there are more of them than may. */
const ISSUES: Readonly<Record<string, number>> = { shop: 2, tool: 1, lib: 4, well: 1 };
const MINUTE = 60_000;

/** The number of a comment in a delivery that is much too old. */
export const OLD_COMMENT = 999;

export class People {
  readonly said: Said[] = [];
  readonly places: Place[] = [];
  /** `repository:login` to the moment in which that person lost the right to start. */
  readonly rightLostAt = new Map<string, number>();
  /** Who had the right to start there at any time. */
  readonly everHadRight = new Set<string>();
  /** `repository#issue` to the newest moment. */
  readonly editedAt = new Map<string, number>();
  readonly approvedAt = new Map<string, number>();
  readonly retries = new Map<string, number>();
  /** Issues that are closed now. */
  readonly closedAt = new Map<string, number>();
  readonly deleted = new Set<string>();
  /** Issues that cannot be answered any more: deleted, transferred, or of a removed installation. */
  readonly gone = new Set<string>();
  /** Issues where somebody removed our comment: it comes again with the next news. */
  readonly removed = new Set<string>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async settle(): Promise<void> {
    const config: Readonly<Record<string, string>> = {
      shop: "gates: [root-cause]\n",
      tool: "",
      lib: "triggers: { opened: true }\nlimits: { openedPerDay: 2, openedPerPerson: 1 }\n",
      well: "",
    };
    for (const [owner, name] of [
      ["acme", "shop"],
      ["acme", "tool"],
      ["beta", "lib"],
      ["gamma", "well"],
    ] as const) {
      const text = config[name]!;
      const files = {
        "README.md": "A shop.\n",
        "src/a.ts": "export const a = 1;\n",
        ...(text === "" ? {} : { ".github/casebook.yml": text }),
      };
      const people = { ann: "write", max: "maintain", tim: "triage" } as const;
      const repository = await this.#world.github.createRepository(owner, name, { files, people });
      const installation = await this.#world.github.installation(owner);
      this.places.push({ repository, installation, issues: [] });
      for (const login of [owner, ...WRITERS]) this.everHadRight.add(`${repository.id}:${login}`);
      if (owner === "gamma") this.#world.healthy.add(installation);
      else this.#world.sickRepositories.add(repository.id);
    }
  }

  /** Draws what they do in the time that is given. */
  plan(milliseconds: number, isRough: boolean): void {
    const { chance, scheduler } = this.#world;
    for (const place of this.places)
      for (let i = 0; i < ISSUES[place.repository.name]!; i++)
        scheduler.after(chance.between(0, milliseconds / 2), () => void this.#open(place));
    if (this.#world.faults.has("flood"))
      scheduler.after(chance.between(milliseconds / 2, milliseconds), () => void this.#flood());
    if (this.#world.faults.has("poison"))
      scheduler.after(milliseconds / 4, () => {
        const place = chance.pick(this.places);
        this.#world.poison = `${place.repository.id}#${place.issues[0] ?? 0}`;
      });
    scheduler.after(chance.between(0, milliseconds), () => this.#replay());
    const times = 6 + chance.below(14);
    for (let i = 0; i < times; i++)
      scheduler.after(
        chance.between(MINUTE, milliseconds),
        () => void this.#act(chance.pick(this.places), isRough),
      );
  }

  /** One person writes a lot at once, in the issues of one owner. */
  async #flood(): Promise<void> {
    const { chance } = this.#world;
    this.#world.count("flood");
    const places = this.places.filter(({ repository }) => repository.owner === "acme");
    for (let i = 0; i < 40; i++) {
      const place = chance.pick(places);
      const issue = chance.pick(place.issues);
      if (issue === undefined || this.gone.has(`${place.repository.id}#${issue}`)) continue;
      await this.#say(place, issue, "ann", i % 3 === 0 ? "/casebook refresh" : "/casebook status");
    }
  }

  /** A signed delivery from a month ago that was never sent. */
  #replay(): void {
    const { chance, github } = this.#world;
    const like = github.deliveries.find(
      ({ event, payload }) => event === "issue_comment" && JSON.stringify(payload).includes("/casebook inv"),
    );
    if (like === undefined) return;
    const body = structuredClone(like.payload) as { comment: { id: number; created_at: string } };
    body.comment.id = OLD_COMMENT;
    body.comment.created_at = new Date(this.#world.now() - 30 * 24 * 60 * MINUTE).toISOString();
    const alive = this.#world.alive();
    if (alive.length > 0)
      chance.pick(alive).receive({ ...like, id: "old", guid: "old", payload: body, ok: false });
  }

  async #open(place: Place): Promise<void> {
    const { chance } = this.#world;
    const login = chance.pick([...WRITERS, "eve"]);
    const body = chance.is(0.3) ? "It fails.\n\n/casebook investigate" : "It fails.";
    const number = await place.repository.openIssue(login, `Broken ${chance.below(1_000)}`, body);
    place.issues.push(number);
    if (chance.is(0.8)) await this.#say(place, number, chance.pick(WRITERS), "/casebook investigate");
  }

  async #say({ repository }: Place, issue: number, login: string, text: string): Promise<void> {
    const comment = await repository.comment(login, issue, text);
    const key = `${repository.id}#${issue}`;
    this.#world.trace?.(`${login} says ${text} at ${key}`);
    const at = this.#world.now();
    this.said.push({ repository: repository.id, issue, comment, login, text, at });
    if (/retry|refresh/.test(text)) this.retries.set(key, (this.retries.get(key) ?? 0) + 1);
    if (text.includes("approve") && !this.rightLostAt.has(`${repository.id}:${login}`) && login !== "eve")
      this.approvedAt.set(key, at);
  }

  async #act(place: Place, isRough: boolean): Promise<void> {
    const { chance } = this.#world;
    const issue = chance.pick(place.issues);
    if (issue === undefined) return;
    try {
      if (!isRough || chance.is(0.6))
        await this.#say(
          place,
          issue,
          chance.pick([...WRITERS, ...WRITERS, "tim", "eve"]),
          chance.pick(COMMANDS),
        );
      else await this.#disturb(place, issue);
    } catch (error) {
      // It is gone by now: nobody can do that to it.
      if (!(error instanceof Error) || !/^(?:there is no|it cannot)/.test(error.message)) throw error;
    }
  }

  /** What was done beside commands: some of it lets research continue. */
  disturbances = 0;

  async #disturb(place: Place, issue: number): Promise<void> {
    this.disturbances++;
    const { repository } = place;
    const { chance, scheduler } = this.#world;
    const key = `${repository.id}#${issue}`;
    const state = await repository.state();
    const branches = Object.keys(state.branches).filter((branch) => issueOfBranch(branch) === issue);
    const pull = state.pulls.find(
      ({ headBranch, state: now }) => branches.includes(headBranch) && now === "open",
    );
    const deed = chance.pick([
      "push",
      "close",
      "edit",
      "rights",
      "rights",
      "pull",
      "merge",
      "label",
      "lock",
      "transfer",
      "delete",
      "branch",
      "comment",
      "rename",
    ]);
    this.#world.trace?.(`people: ${deed} ${key}`);
    switch (deed) {
      case "push":
        if (branches[0] === undefined) return;
        await repository.push("max", branches[0], {
          [chance.pick([
            ...["comprehension", "root-cause", "impact-map"].map(
              (type) => `.chant/research/issue-${issue}-${type}.md`,
            ),
            "note.md",
          ])]: `Mine ${chance.below(1_000)}.\n`,
        });
        return;
      case "close":
        await repository.closeIssue("max", issue);
        this.closedAt.set(key, this.#world.now());
        scheduler.after(chance.between(MINUTE, 40 * MINUTE), () => {
          this.closedAt.delete(key);
          repository.reopenIssue("max", issue).catch(() => undefined);
        });
        return;
      case "edit":
        await repository.editIssue("eve", issue, { body: `It fails otherwise ${chance.below(1_000)}.` });
        this.editedAt.set(key, this.#world.now());
        return;
      case "rights": {
        const login = chance.pick(WRITERS);
        await this.setRight(repository, login, "read");
        if (chance.is(0.5))
          scheduler.after(
            chance.between(MINUTE, 60 * MINUTE),
            () => void this.setRight(repository, login, "write"),
          );
        return;
      }
      case "pull":
        if (pull !== undefined) await repository.closePull("max", pull.number);
        return;
      case "merge":
        if (pull !== undefined) await repository.mergePull("max", pull.number);
        return;
      case "label":
        await repository.label("max", issue, chance.pick(["casebook:hold", "casebook:investigate"]));
        scheduler.after(chance.between(MINUTE, 30 * MINUTE), () =>
          repository.unlabel("max", issue, "casebook:hold").catch(() => undefined),
        );
        return;
      case "lock":
        await repository.lockIssue("max", issue);
        scheduler.after(chance.between(MINUTE, 30 * MINUTE), () =>
          repository.unlockIssue("max", issue).catch(() => undefined),
        );
        return;
      case "transfer": {
        const to = this.places.find(
          (other) => other !== place && other.repository.owner === repository.owner,
        );
        if (to === undefined) return;
        await repository.transferIssue("max", issue, to.repository);
        this.gone.add(key);
        return;
      }
      case "delete":
        await repository.deleteIssue("max", issue);
        this.gone.add(key);
        this.deleted.add(key);
        return;
      case "branch":
        if (branches[0] !== undefined) await repository.deleteBranch("max", branches[0]);
        return;
      case "comment": {
        const ours = state.issues
          .find(({ number }) => number === issue)
          ?.comments.find(({ author }) => author === "casebook[bot]");
        if (ours === undefined) return;
        this.removed.add(key);
        await repository.deleteComment("max", ours.id);
        return;
      }
      case "rename":
        await repository.rename("max", `${repository.name.replace(/-\d+$/, "")}-${chance.below(100)}`);
    }
  }

  async setRight(repository: MemoryRepository, login: string, permission: Permission): Promise<void> {
    await repository.setPermission(login, permission);
    const key = `${repository.id}:${login}`;
    if (permission === "read") {
      if (!this.rightLostAt.has(key)) this.rightLostAt.set(key, this.#world.now());
    } else this.rightLostAt.delete(key);
  }
}
