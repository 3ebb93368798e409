import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { RunFailure } from "../../../src/failure.ts";
import { openMirror } from "../../../src/repository/io/mirror.ts";
import { isPublicAddress, publicHost } from "../../../src/repository/io/public-host.ts";
import { casebook } from "../../fakes/casebook.ts";
import { temporaryFolder } from "../../fakes/git-folder.ts";

test.each(
  `127.0.0.1 127.9.9.9 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255 224.0.0.1
  ::1 :: fe80::1 fc00::1 fd12::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: 2001:db8::1 ff02::1 x`.split(
    /\s+/,
  ),
)("%s is no public address", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(["140.82.121.3", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:50c0:8000::153", "2a01:4f8::1"])(
  "%s is a public address",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

describe("a URL of a repository", () => {
  const resolve = async (host: string): Promise<readonly string[]> =>
    ({
      "code.example": ["140.82.121.3"],
      "two.example": ["140.82.121.3", "10.0.0.1"],
      "evil.example": ["127.0.0.1"],
    })[host] ?? [];

  test("is read at the address that was looked at", async () => {
    expect(await publicHost("https://code.example/a.git", { resolve })).toEqual([
      ["http.curloptResolve", "code.example:443:140.82.121.3"],
    ]);
    expect(await publicHost("http://user@code.example:8080/a.git", { resolve })).toEqual([
      ["http.curloptResolve", "code.example:8080:140.82.121.3"],
    ]);
    expect(await publicHost("git://code.example/a.git", { resolve })).toEqual([
      ["url.git://140.82.121.3:9418/.insteadOf", "git://code.example/"],
    ]);
    expect(await publicHost("git@code.example:a/b.git", { resolve })).toEqual([]);
    expect(await publicHost("file:///srv/a.git", { resolve })).toEqual([]);
  });

  test.each([
    "http://127.0.0.1/a",
    "http://127.1/a",
    "http://2130706433/a",
    "http://0x7f.1/a",
    "https://[::1]/a",
    "https://[::ffff:127.0.0.1]/a",
    "http://169.254.169.254/latest",
    "https://evil.example/a",
    "https://EVIL.example./a",
    "https://two.example/a",
    "git://evil.example/a",
    "ssh://git@evil.example/a",
    "git@evil.example:a/b.git",
  ])("%s is refused", async (url) => {
    await expect(publicHost(url, { resolve })).rejects.toMatchObject({ code: "usage" });
  });

  test("of a host that the operator names is read", async () => {
    expect(await publicHost("https://evil.example/a", { resolve, allowed: ["Evil.example"] })).toEqual([]);
  });

  test("of a host without an address says so", async () => {
    await expect(publicHost("https://none.example/a", { resolve })).rejects.toMatchObject({
      code: "repository-unreachable",
    });
  });
});

/** A server that counts what it is asked; `answer` is its status and header. */
async function asked(
  location?: string,
): Promise<AsyncDisposable & { readonly url: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization ?? ""}`);
    response.writeHead(location === undefined ? 404 : 302, location === undefined ? {} : { location });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

test("a token follows no redirect", async () => {
  using data = temporaryFolder();
  await using target = await asked();
  await using origin = await asked(`${target.url}/b.git/info/refs?service=git-upload-pack`);
  const opened = openMirror(`${origin.url}/a.git`, data.path, undefined, { name: "m.git", token: "CANARY" });
  await expect(opened).rejects.toBeInstanceOf(RunFailure);
  expect(origin.seen).toHaveLength(1);
  expect(target.seen).toEqual([]);
});

test("the command line reaches no server of this machine by a URL", async () => {
  using folder = temporaryFolder();
  await using server = await asked();
  const args = ["investigate", "--issue", "-", "--repo", `${server.url}/a.git`];
  const { exit, err } = await casebook(folder.path, args, {
    input: "# It fails\n\nThe store fails.",
    env: { CASEBOOK_DATA: folder.path },
  });
  expect([exit, server.seen]).toEqual([2, []]);
  expect(err).toContain("CASEBOOK_PRIVATE_HOSTS");
});
