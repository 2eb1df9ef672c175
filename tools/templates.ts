import { helpOnRequest, refuse } from './command-line.ts';
import { apply } from './templates/apply.ts';
import { Refused } from './templates/refused.ts';
import { importFiles } from './templates/import.ts';
import { readOptions } from './templates/options.ts';
import { diff, plan } from './templates/plan.ts';
import { status } from './templates/status.ts';

helpOnRequest({
  command: 'npm run templates',
  does: [
    'Message templates as files: one YAML file per template, with all of its languages. Works on the running system (see',
    '`npm start`), or on any template-registry with --url and --key.',
    '',
    '  plan [DIR]     what applying the files would do; DIR is `templates` when absent',
    '  apply [DIR]    makes the files the desired state, and shows how their submission to the provider goes',
    '  status [NAME]  what the provider says of each template; of one with its history',
    '  diff [DIR]     as plan, and what the provider shows is compared with the files, too',
    '  import [DIR]   writes files from what the provider has; never over one that is there',
    '',
    'Ends with code 1 when something is wrong with the files, cannot be applied, or was refused by the provider.',
  ].join('\n'),
  options: {
    '--offline': 'plan: only checks the files, without a running system',
    '--prune': 'plan, apply, diff: take out of use what is not in DIR, and older versions whose successor may be sent',
    '--wait': 'apply: until the provider has decided about every template',
    '--account ID': 'needed when your tenant has more than one account',
    '--url URL': 'address of a template-registry; that of the running system when absent',
    '--key KEY': 'API key; that of the running system when absent',
    '--json': 'print one JSON object instead',
  },
});

const COMMANDS = { plan, apply, status, diff, import: importFiles };

try {
  const { command, options } = readOptions(process.argv.slice(2), Object.keys(COMMANDS));
  process.exitCode = (await COMMANDS[command as keyof typeof COMMANDS](options)) ? 0 : 1;
} catch (error) {
  if (error instanceof Refused) refuse(error.message);
  throw error;
}
