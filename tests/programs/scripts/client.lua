-- client.lua HOST PORT CA CERTIFICATE KEY PATH...: fetches each path, writes the bodies.
local socket = require("socket")
local ssl = require("ssl")

local host, port, trust, certificate, key = table.unpack(arg, 1, 5)
local own = certificate ~= ""
local context = assert(ssl.newcontext({
  mode = "client", protocol = "any", verify = "peer", options = "all", cafile = trust,
  certificate = own and certificate or nil, key = own and key or nil,
}))
for number = 6, #arg do
  local plain = assert(socket.connect(host == "localhost" and "127.0.0.1" or host, port))
  local connection = assert(ssl.wrap(plain, context))
  if host == "localhost" then connection:sni(host) end
  connection:settimeout(20)
  assert(connection:dohandshake())
  assert(connection:send("GET " .. arg[number] .. " HTTP/1.1\r\nHost: " .. host
                         .. "\r\nConnection: close\r\n\r\n"))
  -- Luasec tells the end of the data and the end of the connection alike: "closed".
  local answer, why, part = connection:receive("*a")
  answer = answer or part
  local start = select(2, answer:find("\r\n\r\n", 1, true))
  io.write(answer:sub(start + 1))
  io.stderr:write(why or "", "\n")
  connection:close()
end
