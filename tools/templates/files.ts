import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Refused } from './refused.ts';

export const DEFAULT_FOLDER = 'templates';

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** @throws Refused when there is no such folder, or no template file in it */
export function readFolder(folder: string): TextFile[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    throw new Refused(`There is no folder ${folder}: name the one with the template files.`);
  }
  const paths = names.filter((name) => /\.ya?ml$/.test(name)).map((name) => join(folder, name));
  const files = paths.filter((path) => statSync(path).isFile()).sort();
  if (files.length === 0) throw new Refused(`${folder} has no template files (*.yaml).`);
  return files.map((path) => ({ path: shown(path), text: readFileSync(path, 'utf8') }));
}

/** A path as people read it: relative where it lies below. */
export function shown(path: string): string {
  const below = relative('.', path);
  return below.startsWith('..') ? path : below;
}
