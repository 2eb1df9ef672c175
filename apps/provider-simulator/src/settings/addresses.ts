import { oneOf, text } from '../check/check.ts';

export type Channel = 'whatsapp' | 'sms';

export const channel = oneOf('whatsapp', 'sms');
export const phoneNumber = text({ pattern: /^\+[1-9]\d{6,14}$/, like: '+15550001234' });
/** An address as the contract writes it: channel and number in one. */
export const channelAddress = text({
  pattern: /^(whatsapp|sms):\+[1-9]\d{6,14}$/,
  like: 'whatsapp:+15550001234 or sms:+15550001234',
});
