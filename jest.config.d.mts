declare const config: {
  readonly transform: Readonly<Record<string, readonly [string, object]>>;
  readonly [setting: string]: unknown;
};
export default config;
