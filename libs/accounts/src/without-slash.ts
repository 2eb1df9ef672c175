/** A base URL in the one form that is compared and prefixed: without slashes at its end. */
export const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
