import { afterEach, describe, expect, it } from '@jest/globals';
import { templateKey, type SendMessage, type TemplateState } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
import type { SendingAccount } from '../accounts/sending-account.ts';
import { TemplateLookUps, type TemplateSend } from './template-look-ups.ts';
import type { TemplateTable } from './template-table.ts';

const started: TemplateLookUps[] = [];
afterEach(() => Promise.all(started.splice(0).map((lookUps) => lookUps.onModuleDestroy())));

const state = { tenant: 'acme', account: 'a', name: 'order', language: 'en', status: 'APPROVED' } as TemplateState;

/** Look-ups whose provider is asked in vain; `asked` counts how often they wanted to ask it. */
function open(isCurrent: () => boolean, known: readonly TemplateState[] = [state]) {
  let asked = 0;
  const states = new Map(known.map((one) => [templateKey(one), one]));
  const catalogue = {
    state: (of: TemplateState) => states.get(templateKey(of)),
  } as unknown as TemplateTable['catalogue'];
  const lookUps = new TemplateLookUps({ isCurrent }, { catalogue, overlay: () => undefined });
  started.push(lookUps);
  const prepare = async () => {
    asked++;
    throw new Unavailable('token', 'none');
  };
  const sending = { account: { id: 'a' }, clients: { prepare } } as unknown as SendingAccount;
  return { lookUps, sendOf: (command: SendMessage): TemplateSend => ({ command, sending }), asked: () => asked };
}

const command = (content: SendMessage['content']) => ({ ...state, content }) as unknown as SendMessage;
const template = command({ type: 'template', name: 'order', language: 'en' });

describe('while the facts of templates are current', () => {
  it('a template waits for nothing and nobody is asked', async () => {
    const { lookUps, sendOf, asked } = open(() => true);
    expect(lookUps.before(sendOf(template))).toBeUndefined();
    expect(lookUps.assure(template)).toBeUndefined();
    expect(asked()).toBe(0);
  });
});

describe('while they are not', () => {
  it('a template waits before it takes from any budget, and is not sent without an answer that counts', () => {
    const { lookUps, sendOf, asked } = open(() => false);
    expect(lookUps.before(sendOf(template))).toMatchObject({ kind: 'wait' });
    expect(() => lookUps.assure(template)).toThrow(Unavailable);
    expect(asked()).toBe(1);
  });

  it('the provider is asked once, however many sends of a template want to know', () => {
    const { lookUps, sendOf, asked } = open(() => false);
    for (let n = 0; n < 100; n++) expect(lookUps.before(sendOf(template))).toMatchObject({ kind: 'wait' });
    expect(asked()).toBe(1);
  });

  it('a failed look-up wakes those who wait, and a later one is theirs to wait for', async () => {
    const { lookUps, sendOf } = open(() => false);
    const first = lookUps.before(sendOf(template))!.outcome as { until?: Promise<unknown> };
    await first.until;
    const second = lookUps.before(sendOf(template))!.outcome as { until?: Promise<unknown> };
    expect(second.until).not.toBe(first.until);
  });

  it('text, and a template that nobody knows, are none of its business', () => {
    const { lookUps, sendOf, asked } = open(() => false, []);
    for (const one of [template, command({ type: 'text', text: 'hello' })]) {
      expect(lookUps.before(sendOf(one))).toBeUndefined();
      expect(lookUps.assure(one)).toBeUndefined();
    }
    expect(asked()).toBe(0);
  });
});
