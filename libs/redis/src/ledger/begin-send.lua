-- Begins an attempt to send, or says why not. Or, in mode `refuse`, ends a message that is not to be sent (any more).
-- An entry is a hash: state (inflight, confirmed, rejected, retryable, in-doubt), attempt, unknown (attempts whose outcome is
-- unknown), repeated ('1': possibly sent twice), until (resolve-after, ms of this Redis' clock), run (Redis run id), result.
-- KEYS[1] fence  [2] entry  [3] window (optional): a moment in ms
-- ARGV[1] fence token  [2] mode: begin, refuse  [3] attempt id  [4] resolve-after, ms from now  [5] resends allowed after
--   unknown outcomes  [6] read before Redis was lost at this moment, ms of this Redis' clock, '' = read after
--   [7] the window must be at or after this moment, ms  [8] result of a refusal  [9] time to live, ms
--   [10] attempt that the provider was asked about and could not tell of, '' = none yet, '-' = it cannot be asked
-- returns {'begun', attempt, repeated} | {'wait', ms, attempt} | {'ask', attempt} | {'window-closed'}
--   | {'resolved', state, attempt, repeated, result}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local run = string.match(ARGV[1], '^[^|]*')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local entry = redis.call('HMGET', KEYS[2], 'state', 'attempt', 'unknown', 'repeated', 'until', 'run', 'result')
local state, attempt = entry[1], entry[2] or ''
local unknown, repeated, due = tonumber(entry[3] or 0), entry[4] or '0', tonumber(entry[5] or 0)

local function save(result)
  redis.call('HSET', KEYS[2], 'state', state, 'attempt', attempt, 'unknown', unknown, 'repeated', repeated,
    'until', string.format('%.0f', due), 'run', run, 'result', result)
  redis.call('PEXPIRE', KEYS[2], ARGV[9])
end
local function resolve(as, result)
  state = as
  save(result)
  return {'resolved', state, attempt, repeated, result}
end

if state == 'confirmed' or state == 'rejected' or state == 'in-doubt' then
  return {'resolved', state, attempt, repeated, entry[7] or ''}
end

-- Redis was lost after the command was first read: an attempt may have been begun since what is left of the entry was written.
if (state and entry[6] ~= run) or (not state and ARGV[6] ~= '') then
  state, attempt, repeated = 'inflight', 'lost', '1'
  due = (tonumber(ARGV[6]) or now) + ARGV[4]
  save('')
end

if state == 'inflight' and attempt == ARGV[3] then
  -- The same begin again, because its answer was lost: nothing was sent under it.
  state = 'retryable'
elseif state == 'inflight' then
  if now < due then
    return {'wait', string.format('%.0f', due - now), attempt}
  end
  if ARGV[10] ~= '-' and ARGV[10] ~= attempt then
    return {'ask', attempt}
  end
  unknown = unknown + 1
  if unknown > tonumber(ARGV[5]) then
    return resolve('in-doubt', '')
  end
  repeated = '1'
end

local open = ARGV[7] == '' or tonumber(redis.call('GET', KEYS[3]) or '-1') >= tonumber(ARGV[7])
if ARGV[2] == 'refuse' or not open then
  if unknown > 0 then
    return resolve('in-doubt', '')
  elseif ARGV[2] == 'refuse' then
    return resolve('rejected', ARGV[8])
  elseif state then
    save('')
  end
  return {'window-closed'}
end

state, attempt, due = 'inflight', ARGV[3], now + ARGV[4]
save('')
return {'begun', attempt, repeated}
