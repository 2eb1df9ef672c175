/** Changes to the text of scripts by their names, to plant a wrong variant. */
export type ScriptEdits = Readonly<Record<string, (source: string) => string>>;

/** A change to a script's text. */
export const replacing =
  (right: string | RegExp, wrong: string) =>
  (source: string): string =>
    source.replace(right, wrong);

/**
 * A script sees the time of the simulation, which comes as one more argument behind its own, instead of the server's. All
 * else of `redis` is as it was.
 */
export const VIRTUAL_TIME = `local server = redis
local micros = ARGV[#ARGV]
local ARGV = { unpack(ARGV, 1, #ARGV - 1) }
local redis = setmetatable({ call = function(name, ...)
  if name ~= 'TIME' then return server.call(name, ...) end
  return { string.sub(micros, 1, -7), string.sub(micros, -6) }
end }, { __index = server })
`;
