-- Begins attempts to send, or says why not. Or, in mode `refuse`, ends messages that are not to be sent (any more); in mode
-- `set-aside` begins nothing for messages that are not to be sent now. Each is judged by itself, in the order given.
-- An entry is a hash: state (inflight, confirmed, rejected, retryable, in-doubt), attempt, unknown (attempts whose outcome is
-- unknown), repeated ('1': possibly sent twice), until (resolve-after, ms of this Redis' clock), run (Redis run id), result.
-- KEYS[1] fence; then the entries; then the windows of those that have one, in their order: a moment in ms
-- ARGV[1] fence token  [2] time to live, ms  [3] number of entries; then per entry: mode: begin, refuse, set-aside; attempt id;
--   resolve-after, ms from now; resends allowed after unknown outcomes; read before Redis was lost at this moment, ms of this
--   Redis' clock, '' = read after; the window must be at or after this moment, ms, '' = has none; result of a refusal; attempt
--   that the provider was asked about and could not tell of, '' = none yet, '-' = it cannot be asked
-- returns per entry: {'begun', attempt, repeated} | {'wait', ms, attempt} | {'ask', attempt} | {'window-closed'} | {'set-aside'}
--   | {'resolved', state, attempt, repeated, result}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local run = string.match(ARGV[1], '^[^|]*')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function judge(key, window, mode, id, resolve_after, resends, doubtful_since, not_before, refusal, asked)
  local entry = redis.call('HMGET', key, 'state', 'attempt', 'unknown', 'repeated', 'until', 'run', 'result')
  local state, attempt = entry[1], entry[2] or ''
  local unknown, repeated, due = tonumber(entry[3] or 0), entry[4] or '0', tonumber(entry[5] or 0)

  local function save(result)
    redis.call('HSET', key, 'state', state, 'attempt', attempt, 'unknown', unknown, 'repeated', repeated,
      'until', string.format('%.0f', due), 'run', run, 'result', result)
    redis.call('PEXPIRE', key, ARGV[2])
  end
  local function resolve(as, result)
    state = as
    save(result)
    return {'resolved', state, attempt, repeated, result}
  end

  if state == 'confirmed' or state == 'rejected' or state == 'in-doubt' then
    return {'resolved', state, attempt, repeated, entry[7] or ''}
  end

  -- Redis was lost after the command was first read: an attempt may have been begun since what is left of the entry was
  -- written.
  if (state and entry[6] ~= run) or (not state and doubtful_since ~= '') then
    state, attempt, repeated = 'inflight', 'lost', '1'
    due = (tonumber(doubtful_since) or now) + resolve_after
    save('')
  end

  if state == 'inflight' and attempt == id then
    -- The same begin again, because its answer was lost: nothing was sent under it.
    state = 'retryable'
  elseif state == 'inflight' then
    if now < due then
      return {'wait', string.format('%.0f', due - now), attempt}
    end
    if asked ~= '-' and asked ~= attempt then
      return {'ask', attempt}
    end
    unknown = unknown + 1
    if unknown > tonumber(resends) then
      return resolve('in-doubt', '')
    end
    repeated = '1'
  end

  local open = not_before == '' or tonumber(redis.call('GET', window) or '-1') >= tonumber(not_before)
  if mode ~= 'begin' or not open then
    if unknown > 0 then
      return resolve('in-doubt', '')
    elseif mode == 'refuse' then
      return resolve('rejected', refusal)
    elseif state then
      save('')
    end
    return {mode == 'set-aside' and mode or 'window-closed'}
  end

  state, attempt, due = 'inflight', id, now + resolve_after
  save('')
  return {'begun', attempt, repeated}
end

local answers = {}
local windows = ARGV[3] + 1
for i = 1, tonumber(ARGV[3]) do
  local mode, id, resolve_after, resends, doubtful_since, not_before, refusal, asked = unpack(ARGV, 8 * i - 4, 8 * i + 3)
  if not_before ~= '' then
    windows = windows + 1
  end
  answers[i] = judge(KEYS[i + 1], KEYS[windows], mode, id, resolve_after, resends, doubtful_since, not_before, refusal, asked)
end
return answers
