import type { MessageContent } from '@heliograph/contracts';

/** Media types of the endings that the guides name, and of the usual others. */
const BY_ENDING: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
};

/**
 * The media type (RFC 6838, lower case, without parameters) of an attachment: as it says, else by the ending of its file name
 * or address; undefined when neither tells.
 */
export function formatOf({ mimeType, fileName, url }: MessageContent): string | undefined {
  if (mimeType !== undefined) return mimeType.split(';', 1)[0]!.trim().toLowerCase();
  return byEnding(fileName) ?? byEnding(pathOf(url ?? ''));
}

function byEnding(name: string | undefined): string | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(name ?? '')?.[1]?.toLowerCase();
  return ending !== undefined && Object.hasOwn(BY_ENDING, ending) ? BY_ENDING[ending] : undefined;
}

/** Without host, query and fragment. */
const pathOf = (url: string): string => URL.parse(url)?.pathname ?? '';
