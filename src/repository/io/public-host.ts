import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { RunFailure } from "../../failure.ts";

/** Addresses of this machine, of private networks and of no host at all, from the registries of special addresses of IANA. */
const NOT_PUBLIC = new BlockList();
for (const range of `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
  192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3`.split(/\s+/)) {
  const [net, bits] = range.split("/");
  NOT_PUBLIC.addSubnet(net!, Number(bits), "ipv4");
}
/** Of IPv6 only `2000::/3` is public; of that, what holds an address of version 4 or is for documents is not. */
const PUBLIC_6 = new BlockList();
PUBLIC_6.addSubnet("2000::", 3, "ipv6");
for (const [net, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  NOT_PUBLIC.addSubnet(net, bits, "ipv6");

/** True for an address that hosts of the whole internet may have. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !NOT_PUBLIC.check(address, "ipv4");
  return family === 6 && PUBLIC_6.check(address, "ipv6") && !NOT_PUBLIC.check(address, "ipv6");
}

export interface PublicHostOptions {
  /** Names of hosts that may be on a private network, as the operator wrote them. */
  readonly allowed?: readonly string[];
  /** Addresses of a name; those of the machine's resolver by default. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

/**
 * Looks where the host of a URL is before git does, and gives the settings (name and value) by which git goes to that address and no
 * other. A URL of a file has no host. Throws RunFailure `usage` for a host of this machine or a private network that is not allowed,
 * and `repository-unreachable` for one that has no address.
 */
export async function publicHost(
  url: string,
  { allowed = [], resolve = addressesOf }: PublicHostOptions = {},
): Promise<readonly (readonly [string, string])[]> {
  const place = placeIn(url);
  if (place === undefined || allowed.some((name) => name.toLowerCase() === place.host)) return [];
  const { host, port, isHttp } = place;
  const addresses = isIP(host) > 0 ? [host] : await resolve(host);
  // A name that only the settings of ssh know.
  if (addresses.length === 0 && !isHttp) return [];
  if (addresses.length === 0)
    throw new RunFailure("repository-unreachable", `The host ${host} has no address`);
  if (!addresses.every(isPublicAddress))
    throw new RunFailure(
      "usage",
      `${host} is on this machine or on a private network; CASEBOOK_PRIVATE_HOSTS names the hosts there that may be read`,
    );
  if (isHttp) return [["http.curloptResolve", `${host}:${port}:${addresses.map(inBrackets).join(",")}`]];
  // A server of ssh proves its name by its key.
  const root = /^git:\/\/[^/]*\//i.exec(url)?.[0];
  if (root === undefined) return [];
  return [[`url.git://${inBrackets(addresses[0]!)}:${port}/.insteadOf`, root]];
}

function placeIn(
  url: string,
): { readonly host: string; readonly port: string; readonly isHttp: boolean } | undefined {
  if (/^file:/i.test(url)) return undefined;
  const ofSsh = /^[\w.-]+@([\w.-]+):/.exec(url)?.[1];
  if (ofSsh !== undefined) return { host: ofSsh.toLowerCase(), port: "22", isHttp: false };
  let read: URL;
  try {
    // A scheme that the parser knows, so that hosts such as `127.1` are read as clients read them.
    read = new URL(url.replace(/^(?:ssh|git):/i, "http:"));
  } catch {
    throw new RunFailure("usage", "The URL of the repository cannot be read");
  }
  const isHttp = /^https?:/i.test(url);
  const port = read.port || (isHttp ? (read.protocol === "https:" ? "443" : "80") : "9418");
  return { host: read.hostname.replace(/^\[|\]$|\.$/g, "").toLowerCase(), port, isHttp };
}

async function addressesOf(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

function inBrackets(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}
