import { type Parameter, type Slice, resolve } from "./slice.ts";

export interface RouteMatch {
  /** `POST /repos/{owner}/{repo}/pulls`. */
  readonly route: string;
  /** Parts of the path by name, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

interface Template {
  readonly route: string;
  readonly method: string;
  readonly segments: readonly Segment[];
}

type Segment =
  | { readonly kind: "literal"; readonly text: string }
  /** `isLong`: one or more parts of the path, slashes and all. */
  | { readonly kind: "param"; readonly name: string; readonly isLong: boolean };

/**
 * Which operation a path belongs to. A literal part wins over a parameter, so `/issues/comments` is no issue. Linear in
 * the path: a template has at most one long parameter.
 */
export function createRouter(slice: Slice): (method: string, path: string) => RouteMatch | undefined {
  const templates = Object.entries(slice.paths)
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { parameters = [] }]): Template => {
        const known = parameters.map((parameter) => resolve<Parameter>(slice, parameter));
        return {
          route: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          segments: segmentsOf(path).map((text) => segmentOf(text, known)),
        };
      }),
    )
    .sort((a, b) => rankOf(a).localeCompare(rankOf(b)));

  return (method, path) => {
    const parts = segmentsOf(path);
    for (const template of templates) {
      if (template.method !== method) continue;
      const params = match(template.segments, parts);
      if (params !== undefined) return { route: template.route, params };
    }
    return undefined;
  };
}

function segmentsOf(path: string): readonly string[] {
  return path.split("/").slice(1);
}

function segmentOf(text: string, parameters: readonly Parameter[]): Segment {
  if (!text.startsWith("{")) return { kind: "literal", text };
  const name = text.slice(1, -1);
  const isLong = parameters.some((one) => one.name === name && one["x-multi-segment"] === true);
  return { kind: "param", name, isLong };
}

/** Sorts literals before parameters before long parameters, from the left. */
function rankOf({ segments }: Template): string {
  return segments
    .map((segment) => (segment.kind === "literal" ? "0" : segment.isLong ? "2" : "1"))
    .join("")
    .padEnd(16, "3");
}

function match(
  segments: readonly Segment[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const long = segments.findIndex((segment) => segment.kind === "param" && segment.isLong);
  const spare = parts.length - segments.length;
  if (long < 0 ? spare !== 0 : spare < 0) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const from = long >= 0 && index > long ? index + spare : index;
    const text = parts.slice(from, index === long ? from + spare + 1 : from + 1).join("/");
    if (segment.kind === "literal") {
      if (segment.text !== text) return undefined;
      continue;
    }
    const decoded = decode(text);
    if (decoded === undefined || decoded === "") return undefined;
    params[segment.name] = decoded;
  }
  return params;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
