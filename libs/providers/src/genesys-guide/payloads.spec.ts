import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CHANNELS } from '@heliograph/contracts';
import { translator } from './translator.ts';
import { webhook } from './webhook.ts';

const folder = new URL('./payloads/', import.meta.url);
const namesIn = (where: URL): string[] =>
  readdirSync(where)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
/** Webhook bodies; the rest are requests of ours and answers to them. */
const bodies = namesIn(folder).filter((name) => !/^(request|answer)-/.test(name));

interface Expected {
  /** The body is not taken apart, because of this. */
  readonly refused?: string;
  readonly events?: readonly {
    readonly id?: string;
    readonly partitionKey: string;
    readonly time?: string;
    readonly facts?: readonly object[];
    /** It is dead-lettered because of this, and these fields are wrong. */
    readonly reason?: string;
    readonly wrong?: readonly string[];
  }[];
}

const expectedOf = (name: string): Expected =>
  JSON.parse(readFileSync(new URL(`expected/${name}.json`, folder), 'utf8')) as Expected;

/** What becomes of a body between the provider and the conversations. */
function become(body: Buffer): Expected {
  const split = webhook.split(body);
  if (!split.ok) return { refused: split.reason };
  const events = split.events.map(({ data, ...event }) => {
    const translation = translator.translate(JSON.parse(data.toString('utf8')));
    if (translation.ok) return { ...event, facts: translation.facts };
    return { ...event, reason: translation.reason, wrong: translation.problems.map(({ field }) => field) };
  });
  return { events };
}

describe('recorded webhook bodies', () => {
  it.each(bodies)('%s becomes what is written down for it', (name) => {
    expect(become(readFileSync(new URL(`${name}.json`, folder)))).toEqual(expectedOf(name));
  });

  it('are at least 60, each with its expected result, and no result is without its body', () => {
    expect(bodies.length).toBeGreaterThanOrEqual(60);
    expect(namesIn(new URL('expected/', folder)).sort()).toEqual([...bodies].sort());
  });

  it('hold every channel of guides 002 and 003 and every content of guide 004', () => {
    const facts = bodies.flatMap((name) => expectedOf(name).events ?? []).flatMap(({ facts: found }) => found ?? []);
    const known = facts as { channel?: string; content?: { type: string } }[];
    const contents = known.map(({ content }) => content?.type);
    expect(known.map(({ channel }) => channel)).toEqual(expect.arrayContaining([...CHANNELS]));
    const modelled = ['text', 'image', 'audio', 'video', 'file', 'location', 'quick-reply', 'card', 'list', 'button'];
    expect(contents).toEqual(expect.arrayContaining(modelled));
  });

  it('that are refused are explained without an address or a word of the message', () => {
    for (const name of bodies) {
      for (const { reason = '' } of expectedOf(name).events ?? []) expect(reason).not.toMatch(/1555|hello|order/i);
    }
  });
});
