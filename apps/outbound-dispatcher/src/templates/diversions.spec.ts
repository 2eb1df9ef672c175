import { describe, expect, it } from '@jest/globals';
import { sendMessage, parties } from '@heliograph/testing';
import { named } from '../../test/template-files.ts';
import { Diversions } from './diversions.ts';

const diversions = new Diversions(() => 'acme-genesys');
const bySms = { channel: 'sms', sender: 'alerts', account: 'acme-genesys' } as const;

describe('a message that goes on by another channel (guide 001, edge case 2)', () => {
  it('is the same command each time, under an id of its own, to the contact as that channel writes it', () => {
    const command = sendMessage({ ...parties({ contact: '15550001234' }), content: named('order') });
    const made = diversions.command(command, bySms, 'order_sms', { order: 'A-1' });
    expect(made).toMatchObject({ channel: 'sms', contact: '+15550001234', divertedFrom: command.messageId });
    expect(diversions.command(command, bySms, 'order_sms', { order: 'A-1' })).toEqual(made);
    const back = { channel: 'whatsapp', sender: 'support', account: 'acme-genesys' } as const;
    const again = diversions.command({ ...command, ...(made as object) }, back, 'order', {});
    expect(again).toMatchObject({ contact: '15550001234', conversationId: command.conversationId });
    expect((again as { messageId: string }).messageId).not.toBe(command.messageId);
  });

  it('is none where the contact has no address', () => {
    const command = sendMessage({ ...parties({ channel: 'open', contact: 'room:7' }), content: named('order') });
    expect(diversions.command(command, bySms, 'order_sms', {})).toMatchObject({
      reason: 'its fallback "order_sms" goes by sms, where the contact has no address',
    });
  });
});
