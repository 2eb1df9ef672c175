-- Writes down what was given to the dispatcher, or ended without it, and how far the recipients were read with that. Refused when
-- they were read by somebody else, or written down already. What a message looks like: count-entries.lua.
-- KEYS[1] fence  [2] progress  [3] messages  [4] held
-- ARGV[1] fence token  [2] offset that was to be read next, '' = none yet  [3] the one that is now, '' = none yet  [4] 1 = every recipient was
--   read, '' = not yet  [5] how many recipients; then per recipient: message id; code it failed with, '' = given; then per held
--   one that was given again: its member in the sorted set; code it failed with, '' = given
-- returns 1 | 0: refused
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
if (redis.call('HGET', KEYS[2], 'next') or '') ~= ARGV[2] then
  return 0
end
local changes = {}
local add = function(field, by)
  changes[field] = (changes[field] or 0) + by
end
local become = function(id, flags, hold, code)
  if code == '' then
    add('is:given', 1)
    redis.call('HSET', KEYS[3], id, 'g' .. flags .. hold)
  else
    add('is:failed', 1)
    add('failed:' .. code, 1)
    redis.call('HSET', KEYS[3], id, 'f' .. flags .. '=' .. code)
  end
end
local rows = tonumber(ARGV[5])
for i = 1, rows do
  local id, code = ARGV[4 + 2 * i], ARGV[5 + 2 * i]
  local mark, flags, rest = string.match(redis.call('HGET', KEYS[3], id) or '-', '^(.)(%u*)(.*)$')
  if string.find(flags, 'R', 1, true) then
    add('repeated', 1)
  elseif mark == '-' then
    become(id, flags .. 'R', '', code)
  else
    -- What became of it was heard of first.
    redis.call('HSET', KEYS[3], id, mark .. flags .. 'R' .. rest)
  end
end
for i = rows + 1, (#ARGV - 5) / 2 do
  local member, code = ARGV[4 + 2 * i], ARGV[5 + 2 * i]
  if redis.call('ZREM', KEYS[4], member) == 1 then
    local id = string.sub(member, 14)
    local flags, hold = string.match(redis.call('HGET', KEYS[3], id) or '', '^h(%u*)(.*)$')
    if flags then
      add('is:held', -1)
      become(id, flags, hold, code)
    end
  end
end
for field, by in pairs(changes) do
  redis.call('HINCRBY', KEYS[2], field, by)
end
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[2], 'next', ARGV[3])
end
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[2], 'closed', '1')
end
return 1
