import type { Profile } from '../profile.ts';
import { GenesysGuideClient } from './client.ts';
import { wantedSubscription } from './subscriptions.ts';
import { translator } from './translator.ts';
import { webhook } from './webhook.ts';

/** The contract of guides 000 and 001; README.md beside this file says what is theirs and what is assumed. */
export const genesysGuide: Profile = {
  name: 'genesys-guide',
  webhook,
  translator,
  wantedSubscription,
  client: (account, deps) => new GenesysGuideClient(account, deps),
};
