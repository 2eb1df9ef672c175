-- Closes a campaign for recipients, unless an upload is alive.
-- KEYS[1] uploads: by id `<second it was last heard of, or over> <counts>`, KEYS[2] closed
-- ARGV[1] seconds after which an upload that was not heard of is over, ARGV[2] time to live, ms
-- returns {uploads alive, upload id, counts, …}: those that nobody has told of yet; closed when none is alive
local now = tonumber(redis.call('TIME')[1])
local all = redis.call('HGETALL', KEYS[1])
local found = {0}
for i = 1, #all, 2 do
  local at, counts = string.match(all[i + 1], '^(%S+) (.*)$')
  if at ~= 'over' and now - tonumber(at) < tonumber(ARGV[1]) then
    found[1] = found[1] + 1
  else
    redis.call('HSET', KEYS[1], all[i], 'over ' .. counts)
    table.insert(found, all[i])
    table.insert(found, counts)
  end
end
if found[1] == 0 then
  redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
end
return found
