import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@heliograph/runtime';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadReplyRoutes } from './load-reply-routes.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'heliograph-replies-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(content: unknown) {
  const path = join(folder, 'replies.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return loadReplyRoutes(path);
}

function problemsOf(content: unknown): string[] {
  try {
    load(content);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ name, reason }) => `${name}: ${reason}`);
    throw error;
  }
  return [];
}

describe('the file of reply routes', () => {
  it('routes nothing when there is none', () => {
    expect(loadReplyRoutes(undefined).find('acme', 'x')).toBeUndefined();
  });

  it('is read with its targets', () => {
    const skills = [{ id: 'billing', level: 1 }];
    const routes = load({ replies: [{ tenant: 'acme', prefix: 'bill', queueId: 'q', skills }] });
    expect(routes.find('acme', 'billing')).toEqual({ queueId: 'q', skills });
  });

  it('is refused with all of its problems at once', () => {
    const replies = [
      { tenant: 'acme', payload: 'a', prefix: 'a', action: 'x' },
      { tenant: 'acme', payload: 'b' },
      { tenant: 'acme', payload: 'c', agentId: 'x', queueId: 'q' },
      { tenant: 'acme', payload: 'd', action: 'x' },
      { tenant: 'acme', payload: 'd', action: 'y' },
    ];
    expect(problemsOf({ replies })).toEqual([
      'REPLY_ROUTING_FILE replies[0]: must have either payload or prefix',
      'REPLY_ROUTING_FILE replies[1]: must say what the reply stands for: action, queueId, skills, agentId or lastAgent',
      'REPLY_ROUTING_FILE replies[2]: has agentId, which goes with no other target',
      'REPLY_ROUTING_FILE replies[4]: is for the same replies as replies[3]',
    ]);
  });

  it.each([
    ['no list', {}],
    ['an entry that is none', { replies: ['x'] }],
    ['a missing tenant', { replies: [{ payload: 'a', action: 'x' }] }],
    ['a skill without level', { replies: [{ tenant: 'acme', payload: 'a', skills: [{ id: 'x' }] }] }],
    ['a mistyped name', { replies: [{ tenant: 'acme', payload: 'a', action: 'x', queue: 'q' }] }],
    ['no JSON', '{'],
  ])('is refused: %s', (_, content) => {
    expect(problemsOf(content)).not.toEqual([]);
  });

  it('is refused when it cannot be read', () => {
    expect(() => loadReplyRoutes(join(folder, 'missing.json'))).toThrow('REPLY_ROUTING_FILE it cannot be read');
  });
});
