import { genesysGuide } from './genesys-guide/profile.ts';
import type { Profile } from './profile.ts';

const profiles = new Map<string, Profile>([genesysGuide].map((profile) => [profile.name, profile]));

/** The profile of that name; undefined when there is none. */
export function profileOf(name: string): Profile | undefined {
  return profiles.get(name);
}

/** Every profile name, for error messages. */
export const PROFILE_NAMES: readonly string[] = [...profiles.keys()];
