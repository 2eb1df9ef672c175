import type { SessionSnapshot, SessionStage } from '@heliograph/contracts';

/** Of a snapshot from before stages were kept: as far as its assignment tells. */
export function stageOf({ stage, state, assigneeKind }: SessionSnapshot): SessionStage {
  if (stage !== undefined) return stage;
  if (state === 'closed') return 'closed';
  if (assigneeKind === 'agent') return 'with-agent';
  return assigneeKind === 'queue' ? 'queued' : 'opened';
}

/** ISO 8601. */
export function stageSinceOf({ stageSince, openedAt, lastActivityAt }: SessionSnapshot): string {
  return stageSince ?? openedAt ?? lastActivityAt ?? new Date(0).toISOString();
}
