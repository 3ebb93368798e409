import type { InstallationToken } from "./tokens.ts";

/** The caller: a person in a browser (tests act so), the App, one of its installations, or an anonymous client. */
export type Caller =
  | { readonly kind: "person"; readonly login: string }
  | { readonly kind: "app" }
  | { readonly kind: "installation"; readonly token: InstallationToken }
  | { readonly kind: "nobody" };

export interface ApiRequest {
  readonly caller: Caller;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parts of the path by the names of the route, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The `Accept` header. */
  readonly accept: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON; undefined: no body. */
  readonly body?: unknown;
}

/** A response that ends a request early. */
export class ApiRefusal extends Error {
  readonly answer: ApiResponse;

  constructor(
    status: number,
    message: string,
    more: { body?: object; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.answer = {
      status,
      body: {
        message,
        documentation_url: "https://docs.github.com/rest",
        status: String(status),
        ...more.body,
      },
      ...(more.headers === undefined ? {} : { headers: more.headers }),
    };
  }
}

/** 422 with the field that is wrong, in GitHub's shape. */
export function invalid(resource: string, field: string, code: string, message?: string): ApiRefusal {
  const error = message === undefined ? { resource, field, code } : { resource, field, code, message };
  return new ApiRefusal(422, "Validation Failed", { body: { errors: [error] } });
}

export function notFound(): ApiRefusal {
  return new ApiRefusal(404, "Not Found");
}

/** A member of the body when it is text. */
export function textOf(body: unknown, name: string): string | undefined {
  const value = member(body, name);
  return typeof value === "string" ? value : undefined;
}

export function member(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}

/** One page of a list, with the `link` header that leads to the others. */
export function paged(
  items: readonly unknown[],
  request: ApiRequest,
  url: string,
  wrap: (page: readonly unknown[]) => unknown = (page) => page,
): ApiResponse {
  const size = Math.min(100, Math.max(1, Number(request.query.get("per_page") ?? 30) || 30));
  const page = Math.max(1, Number(request.query.get("page") ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const at = (number: number, rel: string): string => {
    const query = new URLSearchParams(request.query);
    query.set("page", String(number));
    return `<${url}${request.path}?${query.toString()}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [at(1, "first"), at(page - 1, "prev")] : []),
    ...(page < last ? [at(page + 1, "next"), at(last, "last")] : []),
  ];
  return {
    status: 200,
    body: wrap(items.slice((page - 1) * size, page * size)),
    ...(links.length > 0 ? { headers: { link: links.join(", ") } } : {}),
  };
}
