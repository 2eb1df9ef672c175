import type { EarlyStops } from '@heliograph/consent';
import type { Command } from '../fold/commands.ts';

/** Opt-outs of everything among the commands count before anything is published: nothing waits for their fold. @throws Unavailable */
export async function stopAtOnce(stops: Pick<EarlyStops, 'remember'>, commands: readonly Command[]): Promise<void> {
  for (const command of commands) {
    if (command.type !== 'consent.change') continue;
    const { change, purpose } = command.data;
    if (change !== 'opt-out' || purpose !== 'all') continue;
    await stops.remember(command.data, { at: Date.parse(command.data.at), changeId: command.id });
  }
}
