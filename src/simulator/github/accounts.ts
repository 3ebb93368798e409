/** Somebody of the simulated GitHub. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Bot";
  /** Login of the same account in the backend, which knows only accounts it was started with. */
  readonly seat: string;
}

/** How many people and owners one simulated GitHub can have. */
const SEATS = 64;
/** Tokens of each seat: the backend lets a token ask 5,000 times an hour, and a long test asks more. */
const TOKENS_PER_SEAT = 20;
/** The backend makes two accounts of its own before ours. */
const FIRST_SEAT_ID = 3;

/** Committer of what GitHub commits itself. */
export const WEB_FLOW = { id: 19_864_447, login: "web-flow", name: "GitHub", email: "noreply@github.com" };

export interface Accounts {
  /** Finds an account by its login in any case, or makes one. */
  person(login: string): Account;
  find(login: string): Account | undefined;
  byId(id: number): Account | undefined;
  /** The bot once it is known. */
  bot: Account | undefined;
  /** Puts the people's logins in the place of their seats. */
  rewrite(text: string): string;
  /** A token of that seat. */
  token(seat: string): string;
  /** What the backend is started with. */
  readonly seed: {
    readonly users: readonly { readonly login: string }[];
    readonly tokens: Readonly<Record<string, { readonly login: string }>>;
  };
}

/** People take seats in the order in which they turn up; `nonce` makes the names of the seats impossible to guess in foreign text. */
export function createAccounts(nonce: string): Accounts {
  const seats = Array.from({ length: SEATS }, (_, at) => `s${nonce}x${String(at).padStart(3, "0")}`);
  const pattern = new RegExp(`s${nonce}x(\\d{3})`, "g");
  const people: Account[] = [];
  const byLogin = new Map<string, Account>();
  let turn = 0;
  const accounts: Accounts = {
    bot: undefined,
    person(login) {
      const known = accounts.find(login);
      if (known !== undefined) return known;
      const seat = seats[people.length];
      if (seat === undefined) throw new Error(`the simulated GitHub has room for ${SEATS} people`);
      const account = { id: FIRST_SEAT_ID + people.length, login, type: "User", seat } as const;
      people.push(account);
      byLogin.set(login.toLowerCase(), account);
      return account;
    },
    find: (login) =>
      accounts.bot?.login.toLowerCase() === login.toLowerCase()
        ? accounts.bot
        : byLogin.get(login.toLowerCase()),
    byId: (id) => (accounts.bot?.id === id ? accounts.bot : people.find((person) => person.id === id)),
    rewrite: (text) =>
      text.replace(pattern, (seat, digits: string) => people[Number.parseInt(digits, 10)]?.login ?? seat),
    token: (seat) => `${seat}-${turn++ % TOKENS_PER_SEAT}`,
    seed: {
      users: seats.map((login) => ({ login })),
      tokens: Object.fromEntries(
        seats.flatMap((login) =>
          Array.from({ length: TOKENS_PER_SEAT }, (_, at) => [`${login}-${at}`, { login }] as const),
        ),
      ),
    },
  };
  return accounts;
}

/** An account as GitHub shows it in issues, comments and payloads. */
export function accountJson(
  { id, login, type }: Pick<Account, "id" | "login" | "type">,
  url: string,
): object {
  const api = `${url}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: Buffer.from(`04:${type}${id}`).toString("base64"),
    avatar_url: `${url}/avatars/u/${id}`,
    gravatar_id: "",
    url: api,
    html_url: type === "Bot" ? `${url}/apps/${login.replace(/\[bot\]$/, "")}` : `${url}/${login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type,
    site_admin: false,
    user_view_type: "public",
  };
}

/** The address that ties a commit to an account. */
export function noReply({ id, login }: Pick<Account, "id" | "login">): string {
  return `${id}+${login}@users.noreply.github.com`;
}

/** The account that a commit's address names, as GitHub finds it. */
export function accountOfEmail(
  email: string,
  accounts: Accounts,
): Pick<Account, "id" | "login" | "type"> | null {
  if (email === WEB_FLOW.email) return { id: WEB_FLOW.id, login: WEB_FLOW.login, type: "User" };
  const id = /^(\d{1,12})\+[^@\s]{1,100}@users\.noreply\.github\.com$/.exec(email)?.[1];
  return id === undefined ? null : (accounts.byId(Number(id)) ?? null);
}
