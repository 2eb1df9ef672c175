import swc from '@swc/jest';

/** The usual transform of TypeScript, over sources of which one has a rule switched off (`off`: file, find, replace). */
export default {
  createTransformer({ off, ...options }) {
    const inner = swc.createTransformer(options);
    const altered = (source, file) =>
      off && file.endsWith(off.file) ? source.replace(off.find, () => off.replace) : source;
    return {
      ...inner,
      process: (source, file, rest) => inner.process(altered(source, file), file, rest),
      getCacheKey: (source, file, rest) => inner.getCacheKey(altered(source, file), file, rest),
    };
  },
};
