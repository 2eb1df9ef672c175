import type { Agent } from 'undici';

export interface Post {
  url: string;
  headers?: Record<string, string>;
  body: string;
}

/** Sends JSON. @throws Error when the answer has another status than the expected one */
export async function postJson(agent: Agent, { url, headers, body }: Post, expected: number): Promise<unknown> {
  const { origin, pathname: path } = new URL(url);
  const all = { 'content-type': 'application/json', ...headers };
  const answer = await agent.request({ origin, path, method: 'POST', headers: all, body });
  const text = await answer.body.text();
  if (answer.statusCode === expected) return JSON.parse(text) as unknown;
  throw new Error(`${path} answered ${answer.statusCode} instead of ${expected}: ${text.slice(0, 300)}`);
}
