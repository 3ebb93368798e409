import { randomUUID } from "node:crypto";
import { Client } from "pg";

export interface FreshDatabase extends AsyncDisposable {
  readonly url: string;
}

/** An empty database of its own on the PostgreSQL server that the whole test run shares. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = await serverUrl();
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await administer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => administer(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function serverUrl(): Promise<string> {
  const answer = await fetch(process.env["CASEBOOK_TEST_POSTGRES"]!);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the shared PostgreSQL did not start: ${text}`);
  return text;
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
