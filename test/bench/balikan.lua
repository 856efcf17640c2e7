-- One delivery of data balikan a request, each of its own key: as lookup.lua.
local niks, head, tail, n = {}, nil, nil, 0
local run = tostring({}):match("0x(%x+)")
function init(args)
  for line in io.lines(os.getenv("NIKS")) do niks[#niks + 1] = line end
  math.randomseed(tonumber(tostring({}):match("0x(%x+)"), 16) % 2147483647)
  head = { ["Authorization"] = "Bearer " .. os.getenv("TOKEN"), ["Content-Type"] = "application/json" }
end
function request()
  n = n + 1
  local key = run .. "-" .. n
  return wrk.format("POST", "/api/v1/balikan", head, '{"key":"kiriman-' .. key .. '","items":[{"nik":"' .. niks[math.random(#niks)] ..
    '","param":[{"NOMOR":"B-' .. key .. '","JENIS_BANTUAN":"PUPUK"}]}]}')
end
