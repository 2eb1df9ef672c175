import { readConfig } from './config.ts';
import { Simulator } from './simulator.ts';

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function main(): Promise<void> {
  const { host, port, settings } = readConfig();
  const simulator = new Simulator(settings);
  const address = await simulator.start(host, port);
  say({ msg: 'ready', address, accounts: settings.accounts.map(({ id }) => id) });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void simulator.close().then(() => process.exit(0));
    });
  }
}

main().catch((error: unknown) => {
  say({ msg: 'cannot start', reason: (error as Error).message });
  process.exit(1);
});
