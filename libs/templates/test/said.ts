import { readTemplateFile } from '../src/file/read-template-file.ts';

/** `severity rule place: reason` of everything that is said of a file. */
export function said(file: object): string[] {
  const read = readTemplateFile(JSON.stringify(file, null, 2), 'a.yaml');
  const problems = read.ok ? read.warnings : read.problems;
  return problems.map(({ severity, rule, place, reason }) => `${severity} ${rule} ${place}: ${reason}`);
}
