import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { TimelineEntry } from '@heliograph/contracts';
import { describeEntry } from './describe-entry.ts';

const CONTRACTS = join(import.meta.dirname, '..', '..', 'libs', 'contracts', 'src');
/** The folders of what session-state reads: every fact of a timeline that is another service's. */
const samples = ['inbound', 'outbound', 'deadline'].flatMap((family) => {
  const folder = join(CONTRACTS, family, 'samples');
  return readdirSync(folder).map((file) => {
    const { type, data } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { type: string; data: object };
    return { file, kind: type, fact: { ...data } };
  });
});
const line = (kind: string, fact: Record<string, unknown>) => describeEntry({ kind, fact } as TimelineEntry);

describe('an entry of the timeline, for people', () => {
  it.each(samples)('is one line with words of its own: $file', ({ kind, fact }) => {
    const shown = line(kind, fact);
    expect(shown).not.toMatch(/undefined|null|\[object|\n/);
    expect(shown.trim()).not.toBe(kind);
  });

  it.each([
    [
      'reply.routed',
      { payload: 'bill', queueId: 'q-1', skills: [{ id: 'tax', level: 1 }] },
      'bill stands for queue q-1, skill tax',
    ],
    ['reply.routed', { payload: 'again', lastAgent: true }, 'again stands for the last agent'],
    ['session.stuck', { stage: 'alerting', action: 're-assert' }, 'stuck in alerting: re-assert'],
    ['something.else', {}, 'something.else'],
  ])('says of %s what it means', (kind, fact, shown) => {
    expect(line(kind, fact)).toContain(shown);
  });

  it('shows the buttons that a message offers, and what a pressed one stands for', () => {
    const choices = [{ label: 'Yes', value: 'y' }];
    expect(line('message.sent', { content: { type: 'quick-reply', title: 'Sure?', choices } })).toContain(
      'Sure? [Yes]',
    );
    const content = { type: 'quick-reply', text: 'Yes', payload: 'y' };
    expect(line('message.received', { content })).toContain('Yes (y)');
  });
});
