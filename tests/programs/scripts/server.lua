-- server.lua PORT CERTIFICATE KEY CA ROOT: serves the files of ROOT, one connection at a time.
local socket = require("socket")
local ssl = require("ssl")

local port, certificate, key, trust, root = table.unpack(arg, 1, 5)
local asks = trust ~= ""
local context = assert(ssl.newcontext({
  mode = "server", protocol = "any", options = "all", certificate = certificate, key = key,
  cafile = asks and trust or nil, verify = asks and {"peer", "fail_if_no_peer_cert"} or "none",
}))
local listener = assert(socket.bind("127.0.0.1", port, 64))

local function serve(connection)
  local made, why = connection:dohandshake()
  if not made then return io.stderr:write(why, "\n") end
  local path = (connection:receive("*l") or ""):match("^%S+ /(%S+)")
  if not path then return end
  repeat
    local line = connection:receive("*l")
  until not line or line == ""
  local file = assert(io.open(root .. "/" .. path, "rb"))
  local body = file:read("a")
  file:close()
  connection:send("HTTP/1.1 200 OK\r\nContent-Length: " .. #body
                  .. "\r\nConnection: close\r\n\r\n" .. body)
end

while true do
  local connection = assert(ssl.wrap(assert(listener:accept()), context))
  connection:settimeout(10)
  serve(connection)
  connection:close()
end
