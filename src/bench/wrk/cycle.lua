-- The complete cycle of messages: TAKEN single pushes, one pull of up to TAKEN, one acknowledgement of the pulled
-- messages. Counts the messages whose acknowledgement was confirmed. The protocol (PUSH, PULL, ack, lease pattern) is
-- prepended to this file.

messages = 0
wrong = 0

local pushesLeft = TAKEN
local acks = {}
local first, last = 1, 0
local push, pull

function init()
   push = wrk.format("POST", PUSH.path, HEADERS, PUSH.body)
   pull = wrk.format("POST", PULL.path, HEADERS, PULL.body)
end

function request()
   if first <= last then
      local ack = acks[first]
      acks[first] = nil
      first = first + 1
      return ack
   end
   if pushesLeft == 0 then
      pushesLeft = TAKEN
      return pull
   end
   pushesLeft = pushesLeft - 1
   return push
end

function response(status, headers, body)
   if status ~= 200 then
      wrong = wrong + 1
   elseif isPushed(body) then
      return
   elseif isAcked(body) then
      messages = messages + ackedIn(body)
   else
      local leases = {}
      for lease in string.gmatch(body, LEASE) do
         leases[#leases + 1] = lease
      end
      if #leases > 0 then
         last = last + 1
         acks[last] = wrk.format("POST", ACK_PATH, HEADERS, ackOf(leases))
      end
   end
end
