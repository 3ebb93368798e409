import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { RunFailure } from "../../failure.ts";
import { privateFolder } from "../../process/private-folder.ts";
import { sweepScratch } from "../../repository/io/scratch-folder.ts";
import { askInProcess } from "../../research/research-process.ts";
import { openGit } from "../../research/open-git.ts";
import type { CommandIo } from "../io.ts";
import { startMcpHttp } from "../mcp-http.ts";
import { mcpServers } from "../mcp-server.ts";
import { notIsolated, placeOf } from "../place.ts";
import { readTracker, shortlistFor } from "../read-tracker.ts";

export interface McpCommandOptions {
  readonly repo: string;
  readonly commit: string;
  readonly data?: string;
  /** Loopback HTTP in the place of standard input and output. */
  readonly port?: string;
  /** A file or a folder. */
  readonly tracker?: string;
}

/** Bytes of one message; the largest that is answered has a document of a million characters. */
const MAX_MESSAGE = 10_000_000;
const TOKEN = "CASEBOOK_MCP_TOKEN";
const MIN_TOKEN = 16;

/**
 * Answers the client at the other end of standard input and output until that closes or a signal comes; with a port, every client on this
 * machine that has the token, until a signal comes. Exit code 0.
 */
export async function mcpCommand(options: McpCommandOptions, io: CommandIo): Promise<number> {
  const http = options.port === undefined ? undefined : httpOf(options.port, io);
  const place = placeOf(options, io);
  privateFolder(place.data);
  sweepScratch(place.data);
  using repository = await openGit(place);
  // A wrong revision is a wrong setting of the client, and better said at once.
  await repository.resolve(options.commit);
  const tracker = options.tracker === undefined ? undefined : readTracker(options.tracker, io);
  const onProblem = (text: string): void => io.err(`casebook: ${text}`);
  const open = mcpServers({
    mirror: repository.gitDir,
    commit: options.commit,
    resolve: (revision) => repository.resolve(revision),
    shortlist: tracker && ((issue) => shortlistFor(issue, tracker, repository.webUrl, io)),
    ask: (request, signal) =>
      askInProcess(
        request,
        {
          data: place.data,
          workers: place.workers,
          cacheBytes: place.cacheBytes,
          onNotIsolated: (why) => io.err(notIsolated(why)),
        },
        signal,
      ),
    nonce: randomBytes(8).toString("hex"),
    onProblem,
  });
  if (http === undefined) await overStreams(open, io);
  else {
    await using server = await startMcpHttp({ ...http, open, onProblem });
    io.out(`Model Context Protocol at ${server.url}, with the token of ${TOKEN}`);
    if (!io.signal.aborted) await once(io.signal, "abort");
  }
  return 0;
}

async function overStreams(
  open: ReturnType<typeof mcpServers>,
  { streams, signal }: CommandIo,
): Promise<void> {
  if (streams === undefined)
    throw new RunFailure("usage", "`mcp` needs standard input and output of its own");
  const { input, output } = streams;
  const gone = new AbortController();
  const server = open(gone.signal);
  const ended = new Promise<"by the client" | "by the transport">((resolve) => {
    for (const event of ["end", "close", "error"]) input.once(event, () => resolve("by the client"));
    signal.addEventListener("abort", () => resolve("by the client"), { once: true });
    if (signal.aborted) resolve("by the client");
    // The SDK has no other way to listen.
    // oxlint-disable-next-line unicorn/prefer-add-event-listener
    server.server.onclose = () => resolve("by the transport");
  });
  await server.connect(new StdioServerTransport(input, output, { maxBufferSize: MAX_MESSAGE }));
  const how = await ended;
  // Nobody reads the answers any more.
  gone.abort();
  await server.close();
  // The SDK gives up a connection only for this.
  if (how === "by the transport")
    throw new RunFailure("usage", `The client sent a message of more than ${MAX_MESSAGE / 1_000_000} MB`);
}

function httpOf(port: string, { env }: CommandIo): { readonly port: number; readonly token: string } {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new RunFailure("usage", "`--port` must be a whole number from 0 to 65535");
  const token = env[TOKEN] ?? "";
  if (token.length < MIN_TOKEN)
    throw new RunFailure(
      "usage",
      `\`--port\` needs ${TOKEN} in the environment, at least ${MIN_TOKEN} characters`,
    );
  return { port: Number(port), token };
}
