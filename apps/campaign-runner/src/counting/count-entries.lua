-- Counts what timeline entries tell of campaigns' messages. A message only moves forward, so entries may be repeated and come in
-- any order; that it is held again, its entry's sequence tells.
-- A message is `<mark><flags>[@<sequence>/<offset>][=<code>]`: mark g given, h held, q queued, u unresolved, s sent, f failed,
-- x suppressed, v diverted, d delivered, r read, - nothing known; flags R its recipient was read, A answered, O said no, E came from
-- another conversation; the entry that held it last; the code of a failed one.
-- KEYS[1] fence; then per campaign: progress, messages, held
-- ARGV[1] fence token  [2] marks from unresolved on, each replaced only by one further right; then per entry: place of its campaign
--   among those of KEYS, from 1; message id; mark, '' = as it is; sequence; offset; resumed at, ms; code; flags
-- returns per entry: 1: the message has ended with it | 0
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local NAMES = {g = 'given', h = 'held', q = 'queued', u = 'unresolved', s = 'sent', f = 'failed', x = 'suppressed',
  v = 'diverted', d = 'delivered', r = 'read'}
local FLAGS = {A = 'replies', O = 'optOuts', E = 'elsewhere'}
local rank = function(mark)
  return string.find(ARGV[2], mark, 1, true) or 0
end
local dropped, changes = {}, {}
for c = 1, (#KEYS - 1) / 3 do
  dropped[c] = redis.call('HEXISTS', KEYS[3 * c - 1], 'dropped') == 1
  changes[c] = {}
end
local add = function(c, field, by)
  changes[c][field] = (changes[c][field] or 0) + by
end
local ended = {}
for i = 1, (#ARGV - 2) / 8 do
  local at = 8 * i - 5
  local c, id, told = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2]
  ended[i] = 0
  if not dropped[c] then
    local messages, held = KEYS[3 * c], KEYS[3 * c + 1]
    local value = redis.call('HGET', messages, id)
    local mark, flags, sequence, offset, code = string.match(value or '-', '^(.)(%u*)@?(%d*)/?(%d*)=?(.*)$')
    for flag in string.gmatch(ARGV[at + 7], '%u') do
      if not string.find(flags, flag, 1, true) then
        flags = flags .. flag
        add(c, FLAGS[flag], 1)
      end
    end
    local open = rank(mark) == 0
    local moves
    if told == 'h' then
      moves = open and tonumber(ARGV[at + 3]) > (tonumber(sequence) or 0)
    elseif told == 'g' or told == 'q' then
      moves = mark == '-'
    else
      moves = told ~= '' and rank(told) > rank(mark)
    end
    if moves then
      if mark == 'h' then
        redis.call('ZREM', held, string.format('%012d %s', offset, id))
      end
      if NAMES[mark] then
        add(c, 'is:' .. NAMES[mark], -1)
      end
      if mark == 'f' then
        add(c, 'failed:' .. code, -1)
      end
      add(c, 'is:' .. NAMES[told], 1)
      code = ''
      if told == 'f' then
        code = ARGV[at + 6]
        add(c, 'failed:' .. code, 1)
      elseif told == 'h' then
        sequence, offset = ARGV[at + 3], ARGV[at + 4]
        redis.call('ZADD', held, ARGV[at + 5], string.format('%012d %s', offset, id))
      end
      if open and rank(told) > 0 then
        ended[i] = 1
      end
      mark = told
    end
    local now = mark .. flags
    if rank(mark) == 0 and sequence ~= '' then
      now = now .. '@' .. sequence .. '/' .. offset
    elseif mark == 'f' then
      now = now .. '=' .. code
    end
    if now ~= value and now ~= '-' then
      redis.call('HSET', messages, id, now)
    end
  end
end
for c, fields in ipairs(changes) do
  for field, by in pairs(fields) do
    if by ~= 0 then
      redis.call('HINCRBY', KEYS[3 * c - 1], field, by)
    end
  end
end
return ended
