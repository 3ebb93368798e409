import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A GitHub that has one repository with a large tracker and answers nothing else. It makes each text when it is asked for. */
export interface TrackerApi extends AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for, with their queries, tokens aside. */
  readonly asked: readonly string[];
  /** Called before each answer of a list, with how many lists were asked for. */
  onList: (count: number) => void | Promise<void>;
}

export const TRACKED = { id: 7, owner: "acme", name: "large", installation: 1 } as const;

const START = Date.parse("2020-01-01T00:00:00Z");
const PAGE = 100;
const WORDS = "The store loses a value when several workers write at the same time and nobody waits. ";

/** An entry for each second since `START`. `comments`: of all issues together. */
export async function trackerApi({
  issues,
  comments,
  characters = 1_500,
}: {
  readonly issues: number;
  readonly comments: number;
  readonly characters?: number;
}): Promise<TrackerApi> {
  const asked: string[] = [];
  let lists = 0;
  const body = WORDS.repeat(Math.ceil(characters / WORDS.length)).slice(0, characters);
  const at = (n: number): string => `${new Date(START + n * 1000).toISOString().slice(0, 19)}Z`;
  const person = (n: number): object => ({ id: 100 + (n % 50), login: `person-${n % 50}`, type: "User" });
  const issue = (n: number): object => ({
    number: n,
    title: `Report ${n}`,
    body: `${body}\n\n\`\`\`\nStoreError: key ${n} of ${n % 977} has no end\n\`\`\`\n`,
    user: person(n),
    state: n % 3 === 0 ? "open" : "closed",
    created_at: at(n),
    updated_at: at(n),
    html_url: `https://github.com/acme/large/issues/${n}`,
    ...(n % 4 === 0 ? { pull_request: { merged_at: n % 8 === 0 ? at(n) : null } } : {}),
  });
  const comment = (n: number): object => ({
    id: n,
    body: `I see it, too (${n}). ${body.slice(0, characters / 3)}`,
    user: person(n),
    author_association: "NONE",
    issue_url: `https://api.github.com/repos/acme/large/issues/${(n % issues) + 1}`,
    created_at: at(n),
    updated_at: at(n),
  });

  const server = createServer((request, response) => {
    void answer(request.method ?? "GET", new URL(request.url ?? "/", "http://x"), response);
  });
  const answer = async (method: string, url: URL, response: ServerResponse): Promise<void> => {
    const send = (status: number, data: unknown, headers: Record<string, string> = {}): void =>
      void response
        .writeHead(status, { "content-type": "application/json", ...headers })
        .end(JSON.stringify(data));
    const list = async (size: number, make: (n: number) => object): Promise<void> => {
      await api.onList(++lists);
      const since = url.searchParams.get("since");
      const page = Number(url.searchParams.get("page"));
      const from = since === null ? 1 : Math.max(1, Math.ceil((Date.parse(since) - START) / 1000));
      const first = from + (page - 1) * PAGE;
      const count = Math.max(0, Math.min(PAGE, size - first + 1));
      const rows = Array.from({ length: count }, (_, i) => make(first + i));
      send(200, rows, first + count <= size ? { link: `<${url.href}>; rel="next"` } : {});
    };
    if (method === "POST" && url.pathname.endsWith("/access_tokens"))
      return send(201, {
        token: "t",
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
        permissions: {
          contents: "read",
          issues: "read",
          pull_requests: "read",
          checks: "read",
          metadata: "read",
        },
        repositories: [{ id: TRACKED.id }],
      });
    asked.push(`${url.pathname}${url.search}`);
    switch (url.pathname) {
      case "/app":
        return send(200, { id: 4711, slug: "casebook", owner: person(1) });
      case "/app/installations":
        return send(200, []);
      case "/users/casebook%5Bbot%5D":
      case "/users/casebook[bot]":
        return send(200, { id: 9, login: "casebook[bot]", type: "Bot" });
      case "/repositories/7":
        return send(200, {
          id: TRACKED.id,
          name: TRACKED.name,
          owner: { login: TRACKED.owner },
          private: false,
          archived: false,
          has_issues: true,
          default_branch: "main",
          html_url: "https://github.com/acme/large",
          clone_url: "https://github.com/acme/large.git",
        });
      case "/repos/acme/large/issues":
        return list(issues, issue);
      case "/repos/acme/large/issues/comments":
        return list(comments, comment);
      default:
        return send(404, { message: "Not Found" });
    }
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const api: TrackerApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    onList: () => undefined,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return api;
}
