import { EVENTS, problemsOf } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { HOUR, isoAt, received, START, suppressed, uuidOf } from '../../../test/fact-builders.ts';
import { contextOf, foldAll } from '../../../test/fold-all.ts';
import { CONSENT_KEY, RULES, SUBJECTS } from '../../../test/fold-rules.ts';
import { ConsentRules } from './consent-rules.ts';
import { Subjects } from '@heliograph/consent';
import { fold } from '../fold.ts';
import type { Command } from '../commands.ts';

const said = (text: string, hours = 0) => received(`${text} ${hours}`, hours, { content: { type: 'text', text } });

/** Every fact is folded at the moment it happened. */
function commandsOf(...facts: ReturnType<typeof said>[]): Command[] {
  const commands: Command[] = [];
  let state: Parameters<typeof fold>[0];
  for (const [offset, fact] of facts.entries()) {
    const folded = fold(state, fact, contextOf(fact, offset, Date.parse(fact.data.at)));
    if ('skipped' in folded) throw new Error(folded.skipped);
    ({ state } = folded);
    commands.push(...folded.commands);
  }
  return commands;
}
const changes = (commands: readonly Command[]) =>
  commands.flatMap((c) => (c.type === 'consent.change' ? [c.data] : []));
const replies = (commands: readonly Command[]) => commands.flatMap((c) => (c.type === 'message.send' ? [c.data] : []));
const texts = (commands: readonly Command[]) => replies(commands).map(({ content }) => content.text);

describe('a message that is a keyword', () => {
  it('asks for the change it means, with its evidence and without the address or the words', () => {
    const fact = said(' “stop!” ');
    const [change, ...more] = changes(commandsOf(fact));
    const { conversationId, tenant, channel, contact } = fact.data;
    expect(more).toEqual([]);
    expect(change).toEqual({
      ...{ tenant, channel, subject: SUBJECTS.of({ tenant, channel, address: contact }) },
      ...{ change: 'opt-out', purpose: 'all', source: 'keyword', at: isoAt(0) },
      evidence: { id: fact.id, conversationId, keyword: 'STOP' },
    });
    expect(problemsOf(EVENTS.consentChange.data!, change!)).toEqual([]);
    expect(JSON.stringify(change)).not.toContain(contact);
  });

  it('asks for it under the same ids when it is folded again', () => {
    expect(commandsOf(said('stop'))).toEqual(commandsOf(said('stop')));
    expect(new Set(commandsOf(said('stop')).map(({ id }) => id)).size).toBe(2);
  });

  it('counts from somebody who is opted out alone where people say it to many things', () => {
    expect(changes(commandsOf(said('Yes')))).toMatchObject([{ change: 'opt-in', onlyIfOut: true }]);
    expect(changes(commandsOf(said('start')))[0]).not.toHaveProperty('onlyIfOut');
  });

  it.each(['please stop by', 'stop it', 'yes please', 'help me', ''])('is none: %j asks for nothing', (text) => {
    expect(commandsOf(said(text))).toEqual([]);
  });
});

describe('the answer to a keyword', () => {
  it('is one message that may be sent to somebody who is opted out, for ten minutes', () => {
    const [reply] = replies(commandsOf(said('STOP')));
    expect(reply).toMatchObject({
      consentReply: 'opt-out',
      class: 'transactional',
      content: { type: 'text', text: 'No more messages.' },
      expiresAt: new Date(START + HOUR / 6).toISOString(),
    });
    expect(problemsOf(EVENTS.sendMessage.data!, reply!)).toEqual([]);
  });

  it('is in the language of the keyword where there is a text, and the channel’s own where it has one', () => {
    expect(texts(commandsOf(said('STOPP')))).toEqual(['Keine Nachrichten mehr.']);
    expect(texts(commandsOf(said('ARRÊT')))).toEqual(['No more messages.']);
    const { fact } = { fact: said('HELP') };
    expect(texts(commandsOf({ ...fact, data: { ...fact.data, channel: 'sms' } } as typeof fact))).toEqual([
      'Reply STOP to end.',
    ]);
    expect(texts(commandsOf(fact))).toEqual(['Call us.']);
  });

  it('is not given twice within 24 hours for the same word, and again after the opposite one', () => {
    const run = (...said_: [string, number][]) => texts(commandsOf(...said_.map(([text, hours]) => said(text, hours))));
    expect(run(['stop', 0], ['STOP', 1], ['quit', 23])).toEqual(['No more messages.']);
    expect(run(['stop', 0], ['stop', 25])).toEqual(['No more messages.', 'No more messages.']);
    expect(run(['stop', 0], ['start', 1], ['stop', 2])).toEqual([
      'No more messages.',
      'Welcome back.',
      'No more messages.',
    ]);
  });

  it('to a yes is given where it follows a no', () => {
    expect(texts(commandsOf(said('yes')))).toEqual([]);
    expect(texts(commandsOf(said('stop'), said('yes', 1)))).toEqual(['No more messages.', 'Welcome back.']);
  });

  it('to HELP is given each time, though not to a program that asks without end', () => {
    expect(texts(commandsOf(said('help'), said('help', 0.001), said('help', 1)))).toEqual(['Call us.', 'Call us.']);
    expect(changes(commandsOf(said('help')))).toEqual([]);
  });

  it('is none for a tenant that has configured none; the change is asked for all the same', () => {
    const rules = { ...RULES, consent: new ConsentRules(new Subjects(CONSENT_KEY)) };
    const folded = fold(undefined, said('stop'), { ...contextOf(said('stop'), 0), rules });
    expect('skipped' in folded ? [] : folded.commands.map(({ type }) => type)).toEqual(['consent.change']);
  });
});

describe('a message that was suppressed', () => {
  it('is on the timeline, shows in its status, and is told to the audit without the address', () => {
    const fact = suppressed('m', 1);
    const { state, entries, commands } = foldAll([received('a', 0), fact]);
    expect(state?.messages).toMatchObject([{ messageId: uuidOf('message m'), status: 'suppressed' }]);
    expect(entries.at(-1)).toMatchObject({ kind: 'message.suppressed', factId: fact.id });
    const [told] = commands;
    expect(told).toMatchObject({
      type: 'consent.suppressed',
      data: { messageId: uuidOf('message m'), purpose: 'all' },
    });
    expect(problemsOf(EVENTS.consentSuppressed.data!, told!.data)).toEqual([]);
    expect(JSON.stringify(told)).not.toContain(fact.data.contact);
  });

  it('keeps no session alive and opens none', () => {
    const { state, entries } = foldAll([received('a', 0), suppressed('m', 100)]);
    expect(state?.lastActivityAt).toBe(isoAt(0));
    expect(entries.filter(({ kind }) => kind === 'session.opened')).toHaveLength(1);
  });
});
