-- Claims ids, once only. A record goes on when nobody holds the id, or when the claim is of the same origin and unfinished.
-- A claim is `<state> <origin>`, then a line break and its note when there is one.
-- KEYS[1] fence  [2..] claims
-- ARGV[1] fence token  [2] time to live, ms; then per claim: origin, note to keep if it has none ('' = none)
-- returns per claim: 0 repeat | 1 go, with the note given | the note it has, with 'n' in front: go
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local answers = {}
for i = 2, #KEYS do
  local origin, note = ARGV[2 * i - 1], ARGV[2 * i]
  local stored = redis.call('GET', KEYS[i])
  local go, answer = true, 1
  if stored then
    local state, holder, kept = string.match(stored, '^(%a+) ([^\n]*)\n?(.*)$')
    go = state ~= 'done' and holder == origin
    if kept ~= '' then
      note, answer = kept, 'n' .. kept
    end
  end
  if go then
    redis.call('SET', KEYS[i], 'open ' .. origin .. (note ~= '' and '\n' .. note or ''), 'PX', ARGV[2])
    answers[i - 1] = answer
  else
    answers[i - 1] = 0
  end
end
return answers
