import type { SendMessage } from '@heliograph/contracts';
import { NOTHING_SAID, Subjects, type KnownConsent } from '@heliograph/consent';
import type { Delivery } from '@heliograph/kafka';
import { describe, expect, it } from '@jest/globals';
import { smsCommand } from '../../test/commands.ts';
import { ConsentGate } from './consent-gate.ts';

const subjects = new Subjects('a key of thirty-two bytes or more');
const delivery = () => ({ partition: 0 }) as Delivery;
const nothing: KnownConsent = { purposes: NOTHING_SAID, stop: undefined };
const campaign: SendMessage = smsCommand('account-1', { class: 'campaign' });

describe('whether a campaign may write to a contact', () => {
  it('is judged by what was current before the contact’s consent was asked for: later marks know of more', async () => {
    let isCurrent = false;
    const known = async () => {
      isCurrent = true;
      return nothing;
    };
    const gate = new ConsentGate({ known }, subjects, () => isCurrent);
    expect(await gate.now(campaign, delivery())).toMatchObject({ kind: 'wait' });
    expect(await gate.now(campaign, delivery())).toBeUndefined();
  });

  it('is no question for transactional messages', async () => {
    const gate = new ConsentGate({ known: async () => nothing }, subjects, () => false);
    expect(await gate.now({ ...campaign, class: 'transactional' }, delivery())).toBeUndefined();
  });
});
