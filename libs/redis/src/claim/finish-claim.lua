-- Records how claimed ids ended. Needs no fence; `done` is never overwritten by another state.
-- A claim is `<state> <origin>`, then a line break and its note when there is one; its origin never changes. A note is for whoever
-- goes on with the id, so one that is done loses it.
-- KEYS[1..] claims
-- ARGV[1] time to live, ms; then per claim: state (done, dead, parked), origin, new note ('' = as it was)
-- returns the number of claims
for i = 1, #KEYS do
  local state, origin, note = ARGV[3 * i - 1], ARGV[3 * i], ARGV[3 * i + 1]
  local stored = redis.call('GET', KEYS[i])
  local was, holder, kept
  if stored then
    was, holder, kept = string.match(stored, '^(%a+) ([^\n]*)\n?(.*)$')
  end
  if was ~= 'done' or state == 'done' then
    note = note ~= '' and note or (state ~= 'done' and kept) or ''
    redis.call('SET', KEYS[i], state .. ' ' .. (holder or origin) .. (note ~= '' and '\n' .. note or ''), 'PX', ARGV[1])
  end
end
return #KEYS
