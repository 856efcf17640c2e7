-- Every kind of request as an ordinary day has them: of twenty, twelve lookups, four over the legacy wire, three matches, one delivery.
local kinds = {}
for _, name in ipairs({ "lookup", "legacy", "match", "balikan" }) do
  dofile("test/bench/" .. name .. ".lua")
  kinds[name] = { init = init, request = request }
end
function init(args)
  for _, kind in pairs(kinds) do kind.init(args) end
end
function request()
  local n = math.random(20)
  return kinds[n <= 12 and "lookup" or n <= 16 and "legacy" or n <= 19 and "match" or "balikan"].request()
end
