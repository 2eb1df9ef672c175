import type { Channel } from '@heliograph/contracts';
import type { ConsentRules } from './consent/consent-rules.ts';
import type { StageDeadlines } from './deadline/deadlines.ts';
import type { ReplyRoutes } from './reply/reply-routes.ts';

/** What is configured about folding. The same facts under the same rules give the same states. */
export interface FoldRules {
  /** A session without activity for longer than this is followed by a new one, milliseconds. */
  readonly groupingMs: (channel: Channel) => number;
  readonly deadlines: StageDeadlines;
  readonly routes: ReplyRoutes;
  readonly consent: ConsentRules;
}
